import { strict as assert } from "node:assert";
import { chartFiles, configMapText } from "../support/chart-files";
import { evaluatedFiles } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** Charts that keep a generated password by looking it up, and refuse an upgrade where they find none: without a cluster only the install renders. */
describe("a chart whose upgrade wants what is in the cluster", function () {
  this.timeout(60_000);
  before(useHelm);
  const guarded = `{{- $old := lookup "v1" "Secret" .Release.Namespace "db" }}
{{- if and .Release.IsUpgrade (not $old) }}{{ fail "give the present password to upgrade" }}{{ end }}
`;
  const evaluated = (template: string) =>
    evaluatedFiles(chartFiles({ "templates/map.yaml": template }), { targets: ["web"], namespace: "shop" });

  it("is evaluated as an install, and the upgrade is told in words that name it", async () => {
    const { units, unjudged } = await evaluated(guarded + configMapText('  a: "b"\n'));
    assert.deepEqual(unjudged, []);
    assert.equal(units[0]?.verdict.objects, 1);
    const said = units[0]?.verdict.findings.filter(({ rule }) => rule === "chart-lookup").map(({ got }) => got) ?? [];
    assert.equal(said.length, 2);
    assert.match(said[0] ?? "", /^a lookup/);
    assert.match(said[1] ?? "", /^an upgrade that does not render .*give the present password to upgrade/);
  });

  it("is refused for what its install breaks, too", async () => {
    const pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostPID: true, containers: []}\n";
    const { units, code } = await evaluated(guarded + pod);
    assert.ok(units[0]?.verdict.findings.some(({ rule }) => rule === "host-namespaces"));
    assert.equal(code, 1);
  });
});
