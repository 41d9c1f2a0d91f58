import { strict as assert } from "node:assert";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { examples } from "../../../operations/validation/explain-example";
import { rules } from "../../../policy/evaluate/catalogue";
import { catalogueOf } from "../../../policy/report/catalogue-markdown";

const policy = join(__dirname, "../../../policy");
const checkFolders = ["checks", "pod-security/checks"];
const page = catalogueOf(rules, examples());
const section = (id: string) => page.split(/^## /m).find((text) => text.startsWith(`${id}\n`)) ?? "";
/** Found by the engine itself, not by a check: what proves them is named after what finds them. */
const testedElsewhere: Readonly<Record<string, string>> = {
  "release-renders": "evaluate/pack",
  "pod-fields": "pod-security/evaluate-pod",
  "exemption-expired": "evaluate/exemptions",
  "exemption-unused": "evaluate/exemptions",
  "exemption-used": "evaluate/exemptions",
  "resources-unseen": "evaluate/pack-stack",
};

describe("catalogue of checks", () => {
  it("has a line for each rule, with what it does in each profile", () => {
    for (const {
      id,
      severity,
      enforcement: { dev, staging, prod },
    } of rules)
      assert.ok(page.includes(`| [${id}](#${id}) | ${severity} | ${dev} | ${staging} | ${prod} |`), id);
  });

  it("has ids that are unique and in kebab case", () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const { id } of rules) assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
  });

  it("has a rule for each file of checks, and a file and a test for each rule", () => {
    const files = checkFolders.flatMap((folder) =>
      readdirSync(join(policy, folder)).filter((file) => file.endsWith(".ts")),
    );
    assert.deepEqual(files.map((file) => file.replace(/\.ts$/, "")).toSorted(), rules.map(({ id }) => id).toSorted());
    for (const { id } of rules) {
      const tests = [...checkFolders.map((folder) => `${folder}/${id}`), testedElsewhere[id] ?? ""].map((stem) =>
        join(__dirname, "..", `${stem}.test.ts`),
      );
      assert.ok(tests.some(existsSync), id);
    }
  });

  for (const { id, description, why = "", fix, controls } of rules) {
    it(`${id}: what, why, its fix, its controls, and an example of a violation`, () => {
      const text = section(id);
      for (const part of [description, why, fix, ...controls])
        assert.ok(part === "" ? true : text.includes(part), part);
      assert.match(description, /^[A-Z/].*\.$/);
      assert.doesNotMatch(fix, /TODO|\.$/);
      assert.match(text, /A violation reads:\n\n```text\n[A-Z]\w+ .* (?:must be|cannot be evaluated).*, got /);
      assert.match(controls.join(" "), /(?:CIS \d|PSS |NSA\/CISA |[A-Z]{2,3}-\d\d)/);
    });
  }
});
