import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeChart } from "../../../policy/judge/judge-chart";
import { chartLookups, lookupLines } from "../../../policy/render/chart-lookups";
import { RenderError } from "../../../policy/render/render-error";
import { chart, useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

describe("lookups of a chart", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    useHelm();
    folder = mkdtempSync(join(tmpdir(), "lookups-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [title, text, lines] of [
    ["a call", '{{ lookup "v1" "Secret" "ns" "web" }}', [1]],
    ["one in brackets, on a later line", 'a: b\n{{- $old := (lookup "v1" "Secret" "" "") }}\n', [2]],
    ["one spread over lines", '{{\n  if lookup "v1" "Secret" "" "" }}x{{ end }}', [2]],
    ["one after a text with braces", '{{ printf "}}" }}{{ lookup "v1" "Pod" "" "" }}', [1]],
    [
      "two of one line once",
      '{{ lookup "a" "b" "" "" }}{{ lookup "a" "c" "" "" }}\n{{ lookup "a" "b" "" "" }}',
      [1, 2],
    ],
    ["not a comment", '{{/* lookup "v1" }} */}}{{- /* lookup */ -}}', []],
    ["not a text", '{{ "lookup" }}{{ `lookup` }}{{ printf "a \\" lookup" }}', []],
    ["not a field or a variable", "{{ .Values.lookup }}{{ $lookup }}{{ .lookup }}", []],
    ["not words outside of actions", "lookup: true # lookup\n", []],
    ["not a longer name", "{{ lookupSecret }}{{ mylookup }}", []],
    ["one in what is never closed, which Helm refuses", '{{ lookup "', [1]],
  ] as const)
    it(title, () => assert.deepEqual(lookupLines(text), lines));

  it("takes time in proportion to the text, whatever is in it", () => {
    for (const text of ["{{", '{{"', "{{`", "{{/*", "{{ lookup }}\n", '{{ "\\']) {
      const start = performance.now();
      lookupLines(`lookup ${text.repeat(200_000)}`);
      assert.ok(performance.now() - start < 2_000, JSON.stringify(text));
    }
  });

  it("are found in helpers, subcharts, files and packed subcharts, and told with file and line", async () => {
    const path = join(folder, "good");
    cpSync(chart("good"), path, { recursive: true });
    assert.deepEqual(chartLookups(path), []);
    const sub = join(folder, "sub");
    for (const place of [join(path, "files"), join(path, "charts"), join(sub, "templates")])
      mkdirSync(place, { recursive: true });
    writeFileSync(
      join(path, "templates/_more.tpl"),
      '\n{{ define "more" }}{{ lookup "v1" "Secret" "" "" }}{{ end }}\n',
    );
    writeFileSync(join(path, "templates/NOTES.txt"), '{{ lookup "v1" "Secret" "" "" }}\n');
    writeFileSync(join(path, "files/config.txt"), '{{ lookup "v1" "ConfigMap" "" "" }}\n');
    writeFileSync(join(sub, "Chart.yaml"), "apiVersion: v2\nname: sub\nversion: 0.1.0\n");
    writeFileSync(join(sub, "templates/map.yaml"), '# a line\n{{- if lookup "v1" "Node" "" "" }}\n{{- end }}\n');
    execFileSync("tar", ["-czf", join(path, "charts/sub-0.1.0.tgz"), "-C", folder, "sub"]);
    assert.deepEqual(
      chartLookups(path).toSorted((a, b) => a.file.localeCompare(b.file)),
      [
        { file: "good/charts/sub-0.1.0.tgz/sub/templates/map.yaml", line: 2 },
        { file: "good/files/config.txt", line: 1 },
        { file: "good/templates/_more.tpl", line: 2 },
      ],
    );
    const archive = join(folder, "packed.tgz");
    execFileSync("tar", ["-czf", archive, "-C", folder, "sub"]);
    assert.deepEqual(chartLookups(archive), [{ file: "packed.tgz/sub/templates/map.yaml", line: 2 }]);
  });

  it("are judged with the empty answer, and that is said: undetermined, in staging and prod a violation", async () => {
    const path = join(folder, "asking");
    cpSync(chart("good"), path, { recursive: true });
    const objects =
      '{{- if lookup "v1" "Namespace" "" "kube-system" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: hidden}\n{{- end }}\n';
    writeFileSync(join(path, "templates/hidden.yaml"), objects);
    const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
    const { verdict, manifests } = await judgeChart(requestOf(path), context);
    assert.ok(manifests.every(({ object }) => object.kind !== "Pod"));
    const found = verdict.findings.filter(({ rule }) => rule === "chart-lookup");
    assert.deepEqual(
      found.map(({ object, file, line, outcome }) => [object.kind, file, line, outcome]),
      [["Release", "asking/templates/hidden.yaml", 1, "undetermined"]],
    );
  });

  it("are declared by a reason in the annotations of their own chart, and of no other", () => {
    const path = join(folder, "outer");
    const inner = join(path, "charts/inner");
    mkdirSync(join(inner, "templates"), { recursive: true });
    mkdirSync(join(path, "templates"));
    const asking = '{{ lookup "v1" "Secret" "" "" }}';
    writeFileSync(join(path, "templates/a.yaml"), asking);
    writeFileSync(join(inner, "templates/b.yaml"), asking);
    const about = (name: string, reason?: string) =>
      `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n${reason === undefined ? "" : `annotations: {hardened.pulumi/lookup: "${reason}"}\n`}`;
    for (const [outer, own, files] of [
      [undefined, undefined, ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
      [undefined, "only refuses", ["outer/templates/a.yaml"]],
      ["only refuses", undefined, ["outer/charts/inner/templates/b.yaml"]],
      [undefined, " ", ["outer/charts/inner/templates/b.yaml", "outer/templates/a.yaml"]],
      ["only refuses", "only refuses", []],
    ] as const) {
      writeFileSync(join(path, "Chart.yaml"), about("outer", outer));
      writeFileSync(join(inner, "Chart.yaml"), about("inner", own));
      assert.deepEqual(
        chartLookups(path)
          .map(({ file }) => file)
          .toSorted(),
        files,
      );
    }
  });

  it("cannot be told of what is no archive", () => {
    const broken = join(folder, "broken.tgz");
    writeFileSync(broken, "no archive");
    assert.throws(() => chartLookups(broken), RenderError);
  });
});
