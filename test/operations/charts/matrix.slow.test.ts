import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMatrix } from "../../../operations/charts/matrix";
import { formatMatrix, renderMatrix } from "../../../operations/charts/render-matrix";
import { useHelm } from "../../policy/support/helm";
import { WebCharts } from "../../support/charts/web-chart";

const configMap = `{{- if .Values.wrong }}{{ fail "wrong is set" }}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { size: {{ .Values.size | quote }} }
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-monitored }
{{- end }}
{{- with .Values.image }}
---
apiVersion: v1
kind: Pod
metadata: { name: {{ $.Release.Name }} }
spec:
  containers: [{ name: web, image: {{ . }} }]
{{- end }}
`;

describe("chart matrix", () => {
  before(useHelm);
  let charts: WebCharts;
  beforeEach(() => {
    charts = new WebCharts();
  });
  afterEach(() => charts.remove());

  const file = (name: string, text: string): string => {
    writeFileSync(join(charts.root, name), text);
    return join(charts.root, name);
  };
  const web = (): string =>
    charts.chart({
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\nicon: https://example.com/icon.png\n",
      "values.yaml": 'size: small\nimage: ""\nwrong: false\n',
      "templates/config.yaml": configMap,
    });
  const matrix = (variations: string, base = ""): string =>
    file(
      "matrix.yaml",
      `charts:
  - chart: ${web()}
    release: web
    namespace: zen
    bases:
      own: { profile: dev, images: [docker.io/kubezen/*]${base} }
      other: { profile: prod, images: [docker.io/kubezen/*], values: { size: large } }
    variations: ${variations}
`,
    );

  it("[ZN-60] has each base as it is and with each variation that is for it, values over files over each other", async () => {
    file("one.yaml", "size: medium\nextra: { a: 1, b: 2 }\n");
    file("two.yaml", "extra: { b: 3 }\n");
    const path = matrix(
      "{ tiny: { values: { size: tiny } }, just-other: { values: { extra: null }, only: [other] } }",
      ", files: [one.yaml, two.yaml]",
    );
    const found = await readMatrix(path);
    assert.deepEqual(
      found.map(({ name, values }) => [name, values]),
      [
        ["web, own", { size: "medium", extra: { a: 1, b: 3 } }],
        ["web, own, tiny", { size: "tiny", extra: { a: 1, b: 3 } }],
        ["web, other", { size: "large" }],
        ["web, other, tiny", { size: "tiny" }],
        ["web, other, just-other", { size: "large", extra: null }],
      ],
    );
  });

  it("[ZN-60] prints a line for each combination and how many there are; what Helm refuses fails it in Helm's words", async () => {
    const path = matrix(
      "{ served: { values: {}, apiVersions: [monitoring.coreos.com/v1] }, bad: { values: { wrong: true } } }",
    );
    const rendered = await renderMatrix(await readMatrix(path), {});
    assert.deepEqual(
      rendered.map(({ objects, faults }) => [objects, faults.length]),
      [1, 2, 0, 1, 2, 0].map((objects) => [objects, objects === 0 ? 1 : 0]),
    );
    const said = formatMatrix(rendered, {});
    assert.match(said, /^web, own, served +2 +ok$/m);
    assert.match(said, /^✖ web, own, bad: helm (lint|template): [\s\S]*wrong is set/m);
    assert.match(said, /^6 combinations linted and rendered, 2 failed$/m);
  });

  it("[ZN-60] a combination that renders nothing fails: nothing of it was checked", async () => {
    const path = matrix("{ none: { values: { nothing: true } } }");
    writeFileSync(
      join((await readMatrix(path))[0]?.chart as string, "templates/config.yaml"),
      `{{- if not .Values.nothing }}\n${configMap}\n{{- end }}\n`,
    );
    const rendered = await renderMatrix(await readMatrix(path), {});
    assert.deepEqual(
      rendered.map(({ name, faults }) => [name, faults]),
      [
        ["web, own", []],
        ["web, own, none", ["helm template: no object, so there is nothing to check"]],
        ["web, other", []],
        ["web, other, none", ["helm template: no object, so there is nothing to check"]],
      ],
    );
  });

  it("[ZN-52] [ZN-64] with the policy pack, an image of a registry that its base does not allow fails it", async () => {
    const path = matrix(
      "{ planted: { values: { image: nginx:1 }, only: [own] }, allowed: { values: { image: kubezen/web:1 }, only: [own] } }",
    );
    const combinations = await readMatrix(path);
    const without = await renderMatrix(combinations, {});
    assert.deepEqual(
      without.flatMap(({ faults }) => faults),
      [],
    );
    const faults = (await renderMatrix(combinations, { policy: true })).flatMap((one) =>
      one.faults.map((fault) => `${one.name}: ${fault}`),
    );
    const images = faults.filter((fault) => fault.includes("image must be of"));
    assert.equal(images.length, 1, faults.join("\n"));
    assert.match(
      images[0] ?? "",
      /^web, own, planted: Pod zen\/web, .*image must be of docker\.io\/kubezen\/\*, got "nginx:1"/,
    );
    assert.ok(faults.length > 1, "and every other mandatory rule is asked too");
    assert.deepEqual(
      faults.filter((fault) => fault.startsWith("web, other:")),
      [],
    );
  });

  it("a matrix with mistakes is refused with all of them", async () => {
    await assert.rejects(readMatrix(join(charts.root, "none.yaml")), { name: "UserError", exitCode: 2 });
    await assert.rejects(readMatrix(file("broken.yaml", "charts: [")), /broken\.yaml:\d+: not valid YAML/);
    await assert.rejects(
      readMatrix(file("short.yaml", "charts: [{ chart: x, bases: { a: { profile: live } } }]")),
      /release: missing[\s\S]*profile: expected one of "dev"\|"staging"\|"prod"[\s\S]*images: missing/,
    );
    const path = matrix("{ tiny: { values: {}, only: [nowhere] } }");
    await assert.rejects(readMatrix(path), /web, tiny: there is no base "nowhere"/);
  });
});
