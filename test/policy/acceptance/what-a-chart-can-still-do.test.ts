import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { renderChart } from "../../../policy/render/render";
import { formatHuman } from "../../../policy/report/human";
import { formatJson } from "../../../policy/report/json";
import { formatMarkdown } from "../../../policy/report/markdown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {a: ${data}}\n`;
const pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec: {hostPID: true, containers: []}\n";

/** The borders that the threat model names: where they move, its table moves too. */
describe("what a chart can still do", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "borders-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function written(template: string, files: Readonly<Record<string, string>> = {}) {
    const all = { "Chart.yaml": about(""), "templates/all.yaml": template, ...files };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, "web", name)), { recursive: true });
      writeFileSync(join(folder, "web", name), text);
    }
    return requestOf(join(folder, "web"));
  }
  const about = (more: string): string => `apiVersion: v2\nname: web\nversion: 0.1.0\n${more}`;
  const rulesOf = async (...args: Parameters<typeof evaluateChart>) =>
    (await evaluateChart(...args)).verdict.findings.map(({ rule }) => rule);

  for (const [what, template] of [
    ["dice", map("{{ randAlphaNum 20 | quote }}")],
    ["dice of other names", map('{{ printf "%s %s %s" uuidv4 (randBytes 9) (randAscii 20 | b64enc) | quote }}')],
    ["salt", map('{{ printf "%s %s %s" (bcrypt "a") (htpasswd "a" "b") (encryptAES "key" "text") | quote }}')],
    ["keys it makes", map('{{ genPrivateKey "ecdsa" | sha256sum | printf "%s %s" (randAlphaNum 20) | quote }}')],
    ["the clock", map('{{ now | date "15:04:05.000000000" | quote }}')],
    ["the order of keys", map('{{ keys (fromJson .Values.many) | join "," | quote }}')],
  ] as const)
    it(`branches on ${what}: one rendering is evaluated, another is installed, and nothing tells`, async () => {
      const many = JSON.stringify(Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`k${at}`, at])));
      const request = { ...written(template), values: { many } };
      const texts = new Set<string>();
      for (const name of ["one", "two", "three"]) texts.add((await renderChart({ ...request, name })).text);
      assert.ok(texts.size > 1);
      assert.ok(!(await rulesOf(request, context)).includes("chart-lookup"));
    });

  it("declares away the lookups of its own templates, by a reason that is shown and nobody checks", async () => {
    const template = `${map("b")}{{ if lookup "v1" "Node" "" "" }}\n${pod}{{ end }}`;
    assert.ok((await rulesOf(written(template), context)).includes("chart-lookup"));
    const declared = { "Chart.yaml": about("annotations: {hardened.pulumi/lookup: it changes nothing}\n") };
    const { verdict } = await evaluateChart(written(template, declared), context);
    assert.ok(!verdict.findings.some(({ rule }) => rule === "chart-lookup"));
    const [shown] = verdict.declared ?? [];
    assert.ok(shown !== undefined && "chart" in shown);
    assert.equal(shown.reason, "it changes nothing");
    const said = `${shown.chart}/Chart.yaml says that what it looks up changes no object: it changes nothing`;
    const report = { target: "web", profile: "prod", units: [{ name: "web", verdict }], unjudged: [] } as const;
    for (const text of [formatHuman(verdict, { profile: "prod" }), formatMarkdown(report)])
      assert.ok(text.includes(said));
    assert.deepEqual(JSON.parse(formatJson(report)).declared, [{ ...shown, unit: "web" }]);
  });

  it("takes the name of an object that is exempt, and no more than its rule", async () => {
    const exemption = {
      rule: "host-namespaces",
      object: "Pod/agent",
      reason: "the agent of each node",
      owner: "platform",
    };
    const settings = policySettings.parse({ exemptions: [{ ...exemption, expires: "2027-01-31" }] });
    const exempting = { ...context, settings, now: new Date("2027-01-01") };
    assert.ok(!(await rulesOf(written(pod), exempting)).includes("host-namespaces"));
    assert.ok((await rulesOf(written(pod.replace("agent", "other")), exempting)).includes("host-namespaces"));
    assert.ok((await rulesOf(written(pod), exempting)).includes("service-account-token"));
  });

  it("asks no name server, and reads no variable and no file but its own", async () => {
    const { text } = await renderChart(
      written(map('{{ printf "%s|%s" (getHostByName "localhost") (.Files.Get "../../../../etc/hostname") | quote }}')),
    );
    assert.match(text, /a: "\|"/);
    for (const name of ["env", "expandenv"])
      await assert.rejects(renderChart(written(map(`{{ ${name} "HOME" | quote }}`))), /function "\w+" not defined/);
  });
});
