import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";
const pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec: {hostPID: true, containers: []}\n";
const version = ".Capabilities.KubeVersion.Version";

const texts = (count: number, of: string): string =>
  Array.from({ length: count }, (_, index) => `"${of}${index}"`).join(" ");
const nested = (value: string, depth: number): string => `${'(dict "a" '.repeat(depth)}${value}${")".repeat(depth)}`;

const decides = {
  "the name of a vendor": `contains "-gke" .Capabilities.KubeVersion.GitVersion`,
  "a vendor nobody knows": `contains "-evil" ${version}`,
  "the end of the version": `hasSuffix "+k3s1" ${version}`,
  "an expression": `regexMatch "gke|aks" ${version}`,
  "what an expression finds": `regexFind "-[a-z]+" ${version}`,
  "a range of patches": `semverCompare ">=1.36.2 <1.36.50" ${version}`,
  "one patch": `semverCompare "1.36.17" ${version}`,
  "one version of a vendor": `eq ${version} "v1.36.3-evil"`,
  "a piece of it": `eq (trimPrefix "v1.36." ${version}) "17"`,
  "the last of its parts": `eq (splitList "." ${version} | last) "17"`,
  "how many parts it has": `gt (len (splitList "-" ${version})) 1`,
  "its length": `gt (len ${version}) 8`,
  "its patch as a number": `eq (semver ${version}).Patch 17`,
  "what stands behind a hyphen": `(semver ${version}).Prerelease`,
  "an entry of a map": `hasKey (dict "v1.36.17" 1) ${version}`,
  "the version, encoded": `eq (b64enc ${version}) "${Buffer.from("v1.36.3-evil").toString("base64")}"`,
  "one of many texts": `has ${version} (list ${texts(45, "x1000")} "v1.36.7")`,
  "more texts than are tried": `has ${version} (list ${texts(600, "x")})`,
  "what lies deep in maps": `deepEqual ${nested(version, 14)} ${nested('"v1.36.7"', 14)}`,
  "what stands behind a hyphen in parts": `eq (split "-" ${version})._1 "evil"`,
} as const;

const plain = {
  "a minor, as charts do": `semverCompare ">=1.21-0" ${version}`,
  "a minor without a hyphen": `semverCompare ">=1.21" ${version}`,
  "a range of minors": `semverCompare ">=1.19-0 <1.40-0" .Capabilities.KubeVersion.GitVersion`,
  "a minor by its number": `ge (int .Capabilities.KubeVersion.Minor) 20`,
  "a minor by its number in it": `ge (semver ${version}).Minor 20`,
  "the version without its vendor": `regexReplaceAll "[-+].*$" ${version} ""`,
  "the first of its parts, by name": `(split "-" ${version})._0`,
  "the minor of the version without its vendor": `semverCompare ">=1.21-0" (regexReplaceAll "[-+].*$" ${version} "")`,
  "the first of its parts": `index (splitList "-" ${version}) 0`,
  "the version, printed": `${version} | trimPrefix "v" | trunc 63`,
  "the version beside many texts": `(merge (dict "v" ${version}) (dict ${texts(600, "x")})).v`,
  "the version deep in maps": `${nested(version, 14)} | toJson | sha256sum | trunc 0`,
  "maps as deep without it": `deepEqual ${nested('"a"', 14)} ${nested('"b"', 14)}`,
  "the beginning of it": `hasPrefix "v1.36." ${version}`,
} as const;

describe("what the version of Kubernetes decides, where only a minor is declared", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "version-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function found(template: string, rest: object = {}): Promise<string[]> {
    mkdirSync(join(folder, "web/templates"), { recursive: true });
    writeFileSync(join(folder, "web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    writeFileSync(join(folder, "web/templates/all.yaml"), template);
    const { verdict } = await evaluateChart(
      { ...requestOf(join(folder, "web")), kubeVersion: "1.36", ...rest },
      context,
    );
    return verdict.findings.filter(({ rule }) => rule === "chart-lookup").map(({ got }) => got);
  }
  const told = "a question for the patch or vendor of Capabilities.KubeVersion, evaluated for one answer only";

  for (const [title, condition] of Object.entries(decides))
    it(`[MR-54] is told of ${title}`, async () => {
      assert.deepEqual(await found(`${map}{{ if ${condition} }}\n${pod}{{ end }}`), [told]);
      assert.deepEqual(await found(`${map}{{ if ${condition} }}\n${pod}{{ end }}`, { served: ["v1"] }), []);
    });

  it("[MR-54] is told of where it lies deeper than anyone looks", async () => {
    const deep = `{{ $d := dict "a" ${version} }}{{ range until 250 }}{{ $d = dict "a" $d }}{{ end }}`;
    const all = await found(`${map}${deep}{{ if deepEqual $d (dict) }}\n${pod}{{ end }}`);
    assert.ok(all.includes(told), all.join("\n"));
  });

  for (const [title, text] of Object.entries(plain))
    it(`is nothing to tell of ${title}`, async () => {
      assert.deepEqual(await found(`${map}data: {a: "{{ ${text} }}"}\n{{ if ${text} }}---\n${map}{{ end }}`), []);
    });
});
