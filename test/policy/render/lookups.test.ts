import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../policy/contract";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { renderChart } from "../../../policy/render/render";
import { useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";
import { scratchCharts } from "../support/scratch-charts";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";

describe("lookups of a chart", function () {
  this.timeout(60_000);
  const charts = scratchCharts();
  before(useHelm);

  const rendered = (files: Readonly<Record<string, string>>, values: JsonObject = {}) =>
    renderChart(requestOf(charts.written(files), values));
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
      const sub = join(charts.folder, "sub");
      mkdirSync(join(sub, "templates"), { recursive: true });
      writeFileSync(join(sub, "Chart.yaml"), "apiVersion: v2\nname: sub\nversion: 0.1.0\n");
      writeFileSync(join(sub, "templates/map.yaml"), `# a line\n{{- if ${call} }}\n{{- end }}\n`);
      const path = charts.written({ "charts/.keep": "" });
      execFileSync("tar", [
        `--format=${flavour}`,
        "-czf",
        join(path, "charts/sub-0.1.0.tgz"),
        "-C",
        charts.folder,
        "sub",
      ]);
      const at = ({ lookups }: Awaited<ReturnType<typeof renderChart>>) =>
        lookups.map(({ file, line }) => [file, line]);
      assert.deepEqual(at(await renderChart(requestOf(path))), [["empty/charts/sub/templates/map.yaml", 2]]);
      const archive = join(charts.folder, "packed.tgz");
      execFileSync("tar", [`--format=${flavour}`, "-czf", archive, "-C", charts.folder, "sub"]);
      assert.deepEqual(at(await renderChart(requestOf(archive))), [["sub/templates/map.yaml", 2]]);
    });

  it("lookups are declared by a reason in the annotations of their own chart, and of no other", async () => {
    const about = (name: string, reason?: string) =>
      `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${reason === undefined ? "" : `annotations: {hardened.pulumi/lookup: "${reason}"}\n`}`;
    for (const [outer, own, expected] of [
      [undefined, undefined, ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
      [undefined, "only refuses", ["outer/templates/a.yaml"]],
      ["only refuses", undefined, ["outer/charts/inner/templates/b.yaml"]],
      [undefined, "refuses", ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
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
    const path = charts.written({ "templates/hidden.yaml": hidden, "templates/map.yaml": map });
    const { verdict, manifests } = await evaluateChart(requestOf(path), context);
    assert.equal(manifests.length, 1);
    assert.deepEqual(
      verdict.findings
        .filter(({ rule }) => rule === "chart-lookup")
        .map(({ object, file, line, outcome }) => [object.kind, file, line, outcome]),
      [["Release", "empty/templates/hidden.yaml", 1, "undetermined"]],
    );
  });
});
