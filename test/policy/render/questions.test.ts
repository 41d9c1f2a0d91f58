import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../../policy/contract";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { renderChart } from "../../../policy/render/render";
import { useHelm } from "../support/helm";
import { helmTemplate, requestOf } from "../support/helm-template";
import { scratchCharts } from "../support/scratch-charts";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";

describe("what a chart asks while it renders", function () {
  this.timeout(60_000);
  const charts = scratchCharts();
  before(useHelm);

  const rendered = (files: Readonly<Record<string, string>>, values: JsonObject = {}) =>
    renderChart(requestOf(charts.written(files), values));
  for (const [title, text, asks] of [
    ["Helm's version", "# {{ .Capabilities.HelmVersion.Version }}", ["Capabilities.HelmVersion"]],
    [
      "Helm's version through a variable",
      "# {{ $c := .Capabilities }}{{ $c.HelmVersion }}",
      ["Capabilities.HelmVersion"],
    ],
    ["all capabilities", "# {{ .Capabilities | toJson }}", ["Capabilities"]],
    ["all capabilities, printed", "# {{ .Capabilities }}", ["Capabilities"]],
    ["the list of APIs", "# {{ .Capabilities.APIVersions | toYaml | quote }}", ["Capabilities.APIVersions"]],
    ["the list of APIs, as TOML", '# {{ dict "a" .Capabilities.APIVersions | toToml }}', ["Capabilities.APIVersions"]],
    [
      "each API in a loop",
      '{{ range .Capabilities.APIVersions }}{{ if eq . "evil/v1" }}x{{ end }}{{ end }}',
      ["Capabilities.APIVersions"],
    ],
    [
      "the revision, to compare it",
      "# {{ if gt .Release.Revision 5 }}x{{ end }}",
      ["Capabilities or Release, in a way that cannot be followed"],
    ],
    ["the revision, to count with it", "# {{ if eq (int .Release.Revision) 5 }}x{{ end }}", ["Release.Revision"]],
    [
      "the revision, to compare it as a text",
      '# {{ if eq (printf "%d" (index .Release "Revision")) "5" }}x{{ end }}',
      ["Release.Revision"],
    ],
    [
      "the revision, in all of the release",
      '# {{ if contains "Revision: 5" (toYaml .Release) }}x{{ end }}',
      ["Release.Revision"],
    ],
    ["the revision, among other values", "# {{ if has 5 (values .Release) }}x{{ end }}", ["Release.Revision"]],
    [
      "the kind of a value, to tell the renderer from Helm",
      "# {{ kindOf .Capabilities.APIVersions }}",
      ["Capabilities.APIVersions"],
    ],
    [
      "the revision, through an included text",
      '# {{ if eq (include "r" .) "5" }}x{{ end }}{{ define "r" }}{{ .Release.Revision }}{{ end }}',
      ["Release.Revision"],
    ],
    [
      "the revision, through tpl",
      '# {{ if eq (tpl "{{ .Release.Revision }}" .) "5" }}x{{ end }}',
      ["Release.Revision"],
    ],
    ["the type of the revision", '# {{ if eq (printf "%T" .Release.Revision) "int" }}x{{ end }}', ["Release.Revision"]],
    ["the revision, printed at once", '# {{ if eq (print .Release.Revision) "5" }}x{{ end }}', ["Release.Revision"]],
    ["nothing: the revision is printed", "# {{ .Release.Revision }}{{ $.Release.Revision }}", []],
    [
      "nothing: the release is handed on",
      '# {{ include "x" (dict "R" $.Release "C" .Chart) }}{{ define "x" }}{{ .R.Name }}{{ end }}',
      [],
    ],
    [
      "nothing: the version of Kubernetes is declared",
      "# {{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.KubeVersion }}",
      [],
    ],
    ["nothing: its own name and namespace", "# {{ .Release.Name }}{{ .Release.Namespace }}{{ .Release.Service }}", []],
  ] as const)
    it(`[MR-54] of the release or the cluster: ${title}`, async () => {
      const request = requestOf(charts.written({ "templates/a.yaml": text, "templates/map.yaml": map }));
      const { asks: told, text: ours } = await renderChart(request);
      assert.deepEqual(told, asks);
      const { verdict } = await evaluateChart(request, context);
      assert.equal(verdict.findings.filter(({ rule }) => rule === "chart-lookup").length, asks.length);
      // What is evaluated is still what Helm prints; a list of APIs has no order of its own.
      if (!title.includes("API") && !title.includes("capabilities")) assert.equal(ours, helmTemplate(request));
    });

  it("an upgrade that does not render is said as such, and the install is evaluated", async () => {
    const text = `${map}data: {a: {{ required "give the present password" (ternary "x" nil .Release.IsInstall) }}}\n`;
    const request = requestOf(charts.written({ "templates/a.yaml": text }));
    const { verdict, manifests } = await evaluateChart(request, context);
    assert.equal(manifests.length, 1);
    const said = verdict.findings.filter(({ rule }) => rule === "chart-lookup").map(({ got }) => got);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^an upgrade that does not render .*give the present password/);
  });

  it("a schema that names a document elsewhere is not asked, and nothing is fetched", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end("{}");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      for (const ref of [`http://127.0.0.1:${port}/a.json`, "other.json", "file:///etc/passwd"]) {
        const schema = JSON.stringify({ properties: { a: { $ref: ref } } });
        const { text } = await rendered({ "values.schema.json": schema, "templates/a.yaml": map }, { a: 1, ref });
        assert.match(text, /kind: ConfigMap/);
      }
      assert.equal(asked, 0);
    } finally {
      server.close();
    }
    const own = JSON.stringify({
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: { a: { $ref: "#/$defs/a" } },
      $defs: { a: { type: "string" } },
    });
    await assert.rejects(
      rendered({ "values.schema.json": own, "templates/a.yaml": map }, { a: 1 }),
      /values don't meet/,
    );
  });

  it("[MR-28] no value is quoted when an upgrade does not render", async () => {
    const text = `${map}{{ if .Release.IsUpgrade }}{{ fail .Values.token }}{{ end }}`;
    const { upgradeProblem } = await rendered({ "templates/a.yaml": text }, { token: "correct-horse" });
    assert.match(upgradeProblem ?? "", /\[value of token\]/);
    assert.doesNotMatch(upgradeProblem ?? "", /horse/);
  });
});
