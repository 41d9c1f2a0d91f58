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
const entries = Array.from({ length: 70 }, (_, at) => `"k${at}" ${at}`).join(" ");
const numbers = Array.from({ length: 70 }, (_, at) => at + 100).join(" ");

/** A condition that holds at one revision. It hides the pod from every other. */
const conditions = {
  "a copy of the release": "$r := deepCopy .Release }}{{ if eq (int $r.Revision) AT",
  "a copy that may fail": "$r := mustDeepCopy .Release }}{{ if eq (int $r.Revision) AT",
  "lists in lists": "if deepEqual (list (list (list (list AT)))) (list (list (list (list .Release.Revision))))",
  "a list without what is twice in it":
    "if eq 1 (len (uniq (list (list (list (list AT))) (list (list (list .Release.Revision))))))",
  "a list without the revision":
    "if not (without (list (list (list (list .Release.Revision)))) (list (list (list AT))))",
  "a large map": `if deepEqual (dict "r" AT ${entries}) (dict "r" .Release.Revision ${entries})`,
  "a large list": `if has AT (list ${numbers} .Release.Revision)`,
  "a list in a large list": `if has (list AT) (list ${numbers} (list .Release.Revision))`,
} as const;

/** Texts in which only YAML makes something of the printed number. */
const inYaml = {
  "an anchor": "a: [&r1 false, &r2 false, &r3 true]\nspec: {hostPID: *r{{ .Release.Revision }}, containers: []}\n",
  "an anchor that is there for many":
    "{{ range until 90 }}\n'{{ . }}': &r{{ . }} false{{ end }}\nspec: {hostPID: *r{{ .Release.Revision }}, containers: []}\n",
  "the indent of a text": "spec: {containers: []}\na: |{{ .Release.Revision }}\n    b\n",
  "a key": "spec: {containers: []}\nr{{ .Release.Revision }}: b\n",
} as const;

describe("what the number of the revision decides", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "revision-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function found(template: string): Promise<string[]> {
    mkdirSync(join(folder, "web/templates"), { recursive: true });
    writeFileSync(join(folder, "web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    writeFileSync(join(folder, "web/templates/all.yaml"), template);
    const { verdict } = await evaluateChart(requestOf(join(folder, "web")), context);
    return verdict.findings.map(({ rule, got }) => (rule === "chart-lookup" ? got : rule));
  }
  const told = "a question for Release.Revision, evaluated for one answer only";

  for (const [title, condition] of Object.entries(conditions))
    it(`[MR-54] is evaluated at an install and an upgrade and told of any other revision, through ${title}`, async () => {
      for (const at of ["1", "2", "3"]) {
        const rules = await found(`${map}{{ ${condition.replaceAll("AT", at)} }}\n${pod}{{ end }}`);
        assert.ok(rules.includes(told), `${at}: ${rules.join(", ")}`);
        assert.equal(rules.includes("host-namespaces"), at !== "3", at);
      }
    });

  for (const [title, rest] of Object.entries(inYaml))
    it(`[MR-54] is told where it is printed and YAML makes ${title} of it`, async () => {
      assert.ok((await found(`apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\n${rest}`)).includes(told));
    });

  it("is nothing to tell where it is printed as a number or inside a text", async () => {
    const data = 'data: {a: {{ .Release.Revision }}, b: "at {{ .Release.Revision }}"}\n# {{ .Release.Revision }}\n';
    assert.deepEqual(
      (await found(`${map}${data}`)).filter((got) => got.startsWith("a question")),
      [],
    );
  });

  it("[MR-54] is told where values are too deep to be looked into", async () => {
    const deep = `{{ $d := .Release.Revision }}{{ range until 300 }}{{ $d = list $d }}{{ end }}`;
    const rules = await found(`${map}${deep}{{ if deepEqual $d (list 1) }}\n${pod}{{ end }}`);
    assert.ok(
      rules.some((got) => got.includes("too large or too deep")),
      rules.join(", "),
    );
  });

  it("is nothing to tell where chance makes two renderings differ", async () => {
    const chance = [
      "randAlphaNum 9",
      "randAlpha 9",
      "randNumeric 9",
      "randAscii 9 | b64enc",
      "randBytes 9",
      "randInt 0 999999",
      "uuidv4",
      'bcrypt "a"',
      'htpasswd "a" "b"',
      '"text" | encryptAES "key"',
      'shuffle "abcdefghijkl"',
      'genPrivateKey "ecdsa" | sha256sum',
      '(genCA "a" 9).Cert | sha256sum',
      'now | date "15:04:05.000000000"',
      'keys .Values | join ","',
    ];
    const data = chance.map((one, at) => `  a${at}: {{ ${one} | quote }}\n`).join("");
    assert.deepEqual(
      (await found(`${map}data:\n${data}`)).filter((got) => got.startsWith("a question")),
      [],
    );
  });
});
