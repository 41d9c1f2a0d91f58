import { strict as assert } from "node:assert";
import { chartLookup } from "../../../policy/checks/chart-lookup";
import { blocking, evaluate } from "../../../policy/evaluate/evaluate";
import { complaintOf } from "../../../policy/message";
import { policySettings } from "../../../policy/settings/settings-schema";
import { deployment, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
const queries = [
  { object, file: "web/templates/secret.yaml", line: 3 },
  { object, file: "web/templates/_names.tpl", line: 12 },
];
const asking = { ...prod, queries };
const said = (place: string) =>
  `what it renders to cannot be evaluated, got a lookup, evaluated as if the cluster held no such object (web/templates/${place})`;

ruleCases(chartLookup, "chart-lookup", [["passes a chart that asks nothing", deployment()]]);
ruleCases(
  chartLookup,
  "chart-lookup",
  [["tells each place of a chart that asks", deployment(), [said("secret.yaml:3"), said("_names.tpl:12")]]],
  asking,
);

describe("chart-lookup in a verdict", () => {
  it("stops staging and prod, and is shown in dev", () => {
    for (const [profile, count] of [
      ["dev", 0],
      ["staging", 2],
      ["prod", 2],
    ] as const) {
      const verdict = evaluate([deployment()], { ...asking, profile });
      assert.equal(verdict.findings.filter(({ rule }) => rule === "chart-lookup").length, 2);
      assert.equal(blocking(verdict, profile).filter(({ rule }) => rule === "chart-lookup").length, count);
    }
  });

  it("can be exempt for a release, with a reason", () => {
    const exemption = {
      rule: "chart-lookup",
      object: "Release/web",
      reason: "keeps its own token",
      owner: "team",
      expires: "2027-12-31",
    };
    const settings = policySettings.parse({ ...prod.settings, exemptions: [exemption] });
    const { findings, exempted = [] } = evaluate([deployment()], { ...asking, settings });
    assert.deepEqual(findings.map(complaintOf), []);
    assert.equal(exempted.length, 2);
  });
});
