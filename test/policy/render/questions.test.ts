import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../policy/contract";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { type RenderRequest, renderChart } from "../../../policy/render/render";
import { chart, useHelm } from "../support/helm";
import { helmTemplate, requestOf } from "../support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";

describe("what a chart asks while it renders", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "questions-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A copy of the empty chart with more files. */
  function written(files: Readonly<Record<string, string>>): string {
    const path = join(folder, "empty");
    cpSync(chart("empty"), path, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(path, name, ".."), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    return path;
  }
  const rendered = (
    files: Readonly<Record<string, string>>,
    values: JsonObject = {},
    rest: Partial<RenderRequest> = {},
  ) => renderChart({ ...requestOf(written(files), values), ...rest });
  const call = 'lookup "v1" "Secret" "ns" "web"';

  for (const [title, files, values, places] of [
    ["in a template", { "templates/a.yaml": `# {{ ${call} }}` }, {}, ["templates/a.yaml:1"]],
    ["spread over lines", { "templates/a.yaml": `#\n{{\n  if ${call} }}x{{ end }}` }, {}, ["templates/a.yaml:3"]],
    [
      "after a rune literal that is a quote",
      { "templates/a.yaml": `# {{ '"' }}{{ ${call} }}` },
      {},
      ["templates/a.yaml:1"],
    ],
    [
      "in a helper",
      { "templates/_h.tpl": `\n{{ define "h" }}{{ ${call} }}{{ end }}`, "templates/a.yaml": '# {{ include "h" . }}' },
      {},
      ["templates/_h.tpl:2"],
    ],
    [
      "in a template that NOTES.txt defines",
      { "templates/NOTES.txt": `{{ define "h" }}{{ ${call} }}{{ end }}`, "templates/a.yaml": '# {{ include "h" . }}' },
      {},
      ["templates/NOTES.txt:1"],
    ],
    [
      "in a value given to tpl",
      { "templates/a.yaml": "# {{ tpl .Values.text . }}" },
      { text: `{{ ${call} }}` },
      ["templates/a.yaml:1"],
    ],
    [
      "put together from pieces",
      { "templates/a.yaml": '# {{ tpl (printf "{{ loo%s }}" .Values.rest) . }}' },
      { rest: 'kup "v1" "Secret" "ns" "web"' },
      ["templates/a.yaml:1"],
    ],
    [
      "in a file given to tpl, whatever it is called",
      { "README.md": `{{ ${call} }}`, "templates/a.yaml": '# {{ tpl (.Files.Get "README.md") . }}' },
      {},
      ["templates/a.yaml:1"],
    ],
    [
      "twice in one line, told once",
      { "templates/a.yaml": `# {{ ${call} }}{{ ${call} }}` },
      {},
      ["templates/a.yaml:1"],
    ],
    [
      "as a pipeline's end",
      { "templates/a.yaml": '# {{ "web" | lookup "v1" "Secret" "ns" }}' },
      {},
      ["templates/a.yaml:1"],
    ],
    [
      "on an upgrade alone",
      { "templates/a.yaml": `# {{ if .Release.IsUpgrade }}{{ ${call} }}{{ end }}` },
      {},
      ["templates/a.yaml:1"],
    ],
    [
      "in notes that may change what other templates see",
      {
        "templates/NOTES.txt": `{{ $_ := set .Values "x" (${call}) }}`,
        "templates/a.yaml": "# {{ if .Values.x }}x{{ end }}",
      },
      {},
      ["templates/NOTES.txt:1"],
    ],
    [
      "in a template whose name looks like that of notes",
      {
        "templates/a b.yaml": `{{ define "template: empty/templates/NOTES.txt:1" }}{{ ${call} }}{{ end }}# {{ include "template: empty/templates/NOTES.txt:1" . }}`,
      },
      {},
      ["templates/a b.yaml:1"],
    ],
    ["not in notes, which are shown and not installed", { "templates/NOTES.txt": `{{ ${call} }}` }, {}, []],
    ["not in a comment or a text", { "templates/a.yaml": `# {{/* ${call} */}}{{ "lookup" }} lookup` }, {}, []],
    ["not where it is not called", { "templates/a.yaml": `# {{ if .Values.on }}{{ ${call} }}{{ end }}` }, {}, []],
  ] as const)
    it(`[MR-54] a lookup ${title}`, async () => {
      const { lookups } = await rendered(files, values);
      assert.deepEqual(
        lookups.map(({ what, file, line }) => `${what} ${file}:${line}`),
        places.map((place) => `v1 Secret empty/${place}`),
      );
    });

  it("[MR-54] each of many lookups has its place, and of too many the number is told", async () => {
    const lines = (count: number) => Array.from({ length: count }, () => `# {{ ${call} }}\n`).join("");
    const { lookups } = await rendered({ "templates/a.yaml": lines(60) });
    assert.deepEqual(
      lookups.map(({ line }) => line),
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    const many = (await rendered({ "templates/a.yaml": lines(150) })).lookups;
    assert.deepEqual([many.length, many.at(-1)], [101, { what: "50 more" }]);
  });

  it("[MR-54] what a chart looks up before an upgrade fails has its place too", async () => {
    const text = `# {{ ${call} }}{{ if .Release.IsUpgrade }}\n# {{ ${call} }}{{ fail "no" }}{{ end }}\n${map}`;
    const { lookups, upgradeProblem } = await rendered({ "templates/a.yaml": text });
    assert.deepEqual(
      lookups.map(({ line }) => line),
      [1, 2],
    );
    assert.match(upgradeProblem ?? "", /no/);
  });

  for (const flavour of ["gnu", "ustar", "pax", "v7"])
    it(`[MR-54] a lookup in a packed subchart, and in a packed chart, of the ${flavour} flavour`, async () => {
      const sub = join(folder, "sub");
      mkdirSync(join(sub, "templates"), { recursive: true });
      writeFileSync(join(sub, "Chart.yaml"), "apiVersion: v2\nname: sub\nversion: 0.1.0\n");
      writeFileSync(join(sub, "templates/map.yaml"), `# a line\n{{- if ${call} }}\n{{- end }}\n`);
      const path = written({ "charts/.keep": "" });
      execFileSync("tar", [`--format=${flavour}`, "-czf", join(path, "charts/sub-0.1.0.tgz"), "-C", folder, "sub"]);
      const at = ({ lookups }: Awaited<ReturnType<typeof renderChart>>) =>
        lookups.map(({ file, line }) => [file, line]);
      assert.deepEqual(at(await renderChart(requestOf(path))), [["empty/charts/sub/templates/map.yaml", 2]]);
      const archive = join(folder, "packed.tgz");
      execFileSync("tar", [`--format=${flavour}`, "-czf", archive, "-C", folder, "sub"]);
      assert.deepEqual(at(await renderChart(requestOf(archive))), [["sub/templates/map.yaml", 2]]);
    });

  it("lookups are declared by a reason in the annotations of their own chart, and of no other", async () => {
    const about = (name: string, reason?: string) =>
      `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${reason === undefined ? "" : `annotations: {hardened.pulumi/lookup: "${reason}"}\n`}`;
    for (const [outer, own, expected] of [
      [undefined, undefined, ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
      [undefined, "only refuses", ["outer/templates/a.yaml"]],
      ["only refuses", undefined, ["outer/charts/inner/templates/b.yaml"]],
      [undefined, " ", ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
      ["only refuses", "only refuses", []],
    ] as const) {
      const { lookups } = await rendered({
        "Chart.yaml": about("outer", outer),
        "templates/a.yaml": `# {{ ${call} }}`,
        "charts/inner/Chart.yaml": about("inner", own),
        "charts/inner/templates/b.yaml": `# {{ ${call} }}`,
      });
      assert.deepEqual(lookups.map(({ file }) => file).toSorted(), expected);
    }
  });

  it("[MR-54] a lookup is evaluated with the empty answer, and that is said", async () => {
    const hidden = `{{- if lookup "v1" "Namespace" "" "kube-system" }}\n${map}{{- end }}\n`;
    const path = written({ "templates/hidden.yaml": hidden, "templates/map.yaml": map });
    const { verdict, manifests } = await evaluateChart(requestOf(path), context);
    assert.equal(manifests.length, 1);
    assert.deepEqual(
      verdict.findings
        .filter(({ rule }) => rule === "chart-lookup")
        .map(({ object, file, line, outcome }) => [object.kind, file, line, outcome]),
      [["Release", "empty/templates/hidden.yaml", 1, "undetermined"]],
    );
  });

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
      const request = requestOf(written({ "templates/a.yaml": text, "templates/map.yaml": map }));
      const { asks: told, text: ours } = await renderChart(request);
      assert.deepEqual(told, asks);
      const { verdict } = await evaluateChart(request, context);
      assert.equal(verdict.findings.filter(({ rule }) => rule === "chart-lookup").length, asks.length);
      // What is evaluated is still what Helm prints; a list of APIs has no order of its own.
      if (!title.includes("API") && !title.includes("capabilities")) assert.equal(ours, helmTemplate(request));
    });

  it("an upgrade that does not render is said as such, and the install is evaluated", async () => {
    const text = `${map}data: {a: {{ required "give the present password" (ternary "x" nil .Release.IsInstall) }}}\n`;
    const request = requestOf(written({ "templates/a.yaml": text }));
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
