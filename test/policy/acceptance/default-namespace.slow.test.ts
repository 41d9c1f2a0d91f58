import { strict as assert } from "node:assert";
import { evaluatedFiles } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** A chart is evaluated without a namespace by people who do not deploy it: it is in default only when it says so itself, or is installed there. */
describe("the namespace default", function () {
  this.timeout(60_000);
  before(useHelm);
  const chartOf = (template: string) => ({
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/settings.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n${template}data: {a: b}\n`,
  });
  const told = async (template: string, namespace?: string): Promise<string[]> => {
    const chosen = namespace === undefined ? {} : { namespace };
    const { units, unjudged } = await evaluatedFiles(chartOf(template), { targets: ["web"], ...chosen });
    assert.deepEqual(unjudged, []);
    return units.flatMap(({ verdict }) =>
      verdict.findings.filter(({ rule }) => rule === "default-namespace-used").map(({ got }) => got),
    );
  };
  const ofRelease = "  namespace: {{ .Release.Namespace }}\n";

  it("is not used by a chart that leaves it to the release, when no namespace was asked for", async () => {
    assert.deepEqual(await told(""), []);
    assert.deepEqual(await told(ofRelease), []);
    assert.deepEqual(await told("  namespace: shop\n"), []);
  });

  it("is used by an object that names it", async () => {
    assert.deepEqual(await told("  namespace: default\n"), ['"default"']);
    assert.deepEqual(await told("  namespace: default\n", "shop"), ['"default"']);
  });

  it("is used by a release that goes there", async () => {
    assert.deepEqual(await told("", "default"), ["unset, which is default"]);
    assert.deepEqual(await told(ofRelease, "default"), ['"default"']);
    assert.deepEqual(await told(ofRelease, "shop"), []);
  });

  it("is used by a manifest that names it, not by one that names none", async () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";
    const rules = async (content: string): Promise<string[]> =>
      (await evaluatedFiles({ "web.yaml": content })).units.flatMap(({ verdict }) =>
        verdict.findings.map(({ rule }) => rule).filter((rule) => rule === "default-namespace-used"),
      );
    assert.deepEqual(await rules(text), []);
    assert.deepEqual(await rules(text.replace("web}", "web, namespace: default}")), ["default-namespace-used"]);
  });
});
