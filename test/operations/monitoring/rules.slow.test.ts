import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { filesBelow, textOf } from "../../support/tree";
import { alerts, metricsOf, promtool, recorded, ruleFiles, rules } from "./rule-files";

const severities = ["critical", "warning", "info"];
/** What promtool is told to expect, alert by alert. */
interface RuleTest {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts?: readonly unknown[] }[];
    readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples?: readonly unknown[] }[];
  }[];
}
const testOf = (stem: string): RuleTest => load(textOf(`test/operations/monitoring/rules/${stem}.yaml`)) as RuleTest;

describe("monitoring: rules", function () {
  this.timeout(120_000);

  it("every rule file has its test, and every test its file", () =>
    assert.deepEqual(
      filesBelow(["test/operations/monitoring/rules"], [".yaml"]),
      ruleFiles.map(({ stem }) => `test/operations/monitoring/rules/${stem}.yaml`),
    ));

  for (const { stem, file } of ruleFiles) {
    const shows = {
      autoscaling: "[COS-41] [COS-47] ",
      certificates: "[ZN-15] ",
      disruption: "[COS-42] ",
      "external-secrets": "[COS-48] ",
      "pod-security": "[COS-49] ",
    }[stem];
    it(`${shows ?? ""}${stem}: promtool takes the rules and finds nothing to better`, async () => {
      const { code, text } = await promtool("check", "rules", "--lint=all", "--lint-fatal", file);
      assert.equal(code, 0, text);
    });
    it(`${shows ?? ""}${stem}: on its series the rules say what the test expects`, async () => {
      assert.ok(testOf(stem).rule_files[0]?.endsWith(file));
      const { code, text } = await promtool("test", "rules", `test/operations/monitoring/rules/${stem}.yaml`);
      assert.equal(code, 0, text);
    });
    it(`${stem}: every alert is tested firing and silent, every recorded series with a value`, () => {
      const { tests } = testOf(stem);
      const asked = tests.flatMap((one) => one.alert_rule_test ?? []);
      const fired = tests.flatMap((one) => one.promql_expr_test ?? []).map(({ expr }) => expr);
      for (const { groups } of ruleFiles.filter((one) => one.stem === stem)) {
        for (const { alert, record } of groups.flatMap((group) => group.rules)) {
          if (alert !== undefined) {
            const mine = asked.filter(({ alertname }) => alertname === alert);
            assert.ok(
              mine.some(({ exp_alerts }) => exp_alerts?.length),
              `${alert} never fires`,
            );
            assert.ok(
              mine.some(({ exp_alerts }) => !exp_alerts?.length),
              `${alert} is never silent`,
            );
          } else if (!alerts.some(({ expr }) => expr.includes(record as string)))
            assert.ok(
              fired.some((expr) => expr.includes(record as string)),
              `${record} is not looked at`,
            );
        }
      }
    });
  }

  for (const { alert, for: lasting, labels, annotations } of alerts) {
    it(`${alert} says how bad it is, how long it lasted, what it means and what to do`, () => {
      assert.match(alert, /^[A-Z][A-Za-z]+$/);
      assert.ok(severities.includes(labels?.severity ?? ""), labels?.severity);
      assert.match(lasting ?? "", /^\d+[mh]$/);
      assert.deepEqual(Object.keys(annotations).sort(), ["description", "runbook_url", "summary"]);
      assert.match(annotations.summary as string, /^[A-Z].{20,}[^.]$/);
      assert.match(annotations.description as string, /^.{40,}\.$/);
      const [page = "", anchor] = (annotations.runbook_url as string).split("#");
      assert.equal(anchor, alert.toLowerCase());
      assert.match(textOf(page), new RegExp(`^## ${alert}$`, "m"));
    });
  }

  it("no alert's name is used twice", () => {
    const names = alerts.map(({ alert }) => alert);
    assert.equal(new Set(names).size, names.length);
  });

  it("what a rule reads of the rules' own is recorded by one", () => {
    const own = /^(?:namespace_|mode_|experiment_)\w*:|^autoscaler_recommendations$|^pod_disruption_budget_violations$/;
    for (const { expr } of rules)
      for (const name of metricsOf(expr).filter((one) => own.test(one))) assert.ok(recorded.includes(name), name);
  });
});
