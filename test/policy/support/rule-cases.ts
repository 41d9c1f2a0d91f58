import { strict as assert } from "node:assert";
import type { Manifest } from "../../../policy/contract";
import { complaintOf } from "../../../policy/message";
import type { ObjectRule, RuleContext } from "../../../policy/rules/rule";
import { prod } from "./pod";

/** A case: its title, the objects, and for failures the complaints word for word. */
export type Case = readonly [title: string, objects: Manifest | readonly Manifest[], complaints?: readonly string[]];

/** One test for each case of a rule, and one for what the rule says of itself. */
export function ruleCases(rule: ObjectRule, stem: string, cases: readonly Case[], context: RuleContext = prod): void {
  describe(stem, () => {
    it("says what it is", () => {
      assert.equal(rule.id, stem);
      assert.match(rule.description, /^[A-Z].*\.$/);
      assert.ok(rule.fix.length > 0 && rule.controls.length > 0);
    });
    for (const [title, objects, complaints = []] of cases) {
      it(title, () => {
        const findings = rule.check([objects].flat() as Manifest[], context);
        assert.deepEqual(findings.map(complaintOf), complaints);
        for (const finding of findings) assert.equal(finding.rule, stem);
      });
    }
  });
}
