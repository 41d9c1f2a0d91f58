import { strict as assert } from "node:assert";
import type { Report } from "../../../policy/report/report";
import { chartFiles, configMapText } from "../support/chart-files";
import { evaluatedFiles } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

const rulesIn = ({ units }: Report): string[] =>
  units.flatMap(({ verdict }) =>
    verdict.findings.map(({ rule, file, line }) => `${rule} ${file?.split("/").at(-1)}:${line ?? "?"}`),
  );
const inChart = (files: Readonly<Record<string, string>>) =>
  evaluatedFiles(chartFiles(files), { targets: ["web"], namespace: "shop" });
const podWith = (comment: string): string =>
  [
    "apiVersion: v1",
    "kind: Pod",
    "metadata: {name: web, namespace: shop}",
    "spec:",
    "  containers:",
    "    - name: web",
    "      image: registry.example/shop/web:1",
    "      securityContext:",
    "        runAsUser: 7",
    `        # agreed with the team${comment}        privileged: true`,
    "",
  ].join("\n");

/** Cases of texts that Helm and kubectl take, and that another reader of YAML reads otherwise or not at all. */
describe("YAML as the cluster reads it", function () {
  this.timeout(60_000);
  before(useHelm);

  for (const [name, mark] of [
    ["U+0085", "\u0085"],
    ["U+2028", "\u2028"],
    ["U+2029", "\u2029"],
  ] as const) {
    it(`[MR-54] a setting behind ${name} counts, in a manifest and in a chart, and the character is told`, async () => {
      const plain = await evaluatedFiles({ "pod.yaml": podWith(mark) });
      assert.ok(rulesIn(plain).includes("line-break-hidden pod.yaml:10"));
      assert.ok(rulesIn(plain).some((one) => one.startsWith("privileged pod.yaml")));
      const chart = await inChart({ "templates/pod.yaml": podWith(mark) });
      assert.ok(rulesIn(chart).includes("line-break-hidden pod.yaml:?"));
      assert.ok(rulesIn(chart).some((one) => one.startsWith("privileged pod.yaml")));
    });

    it(`[MR-54] ${name} in a values file is told, and inside quotes it is a character like any other`, async () => {
      const files = { "templates/map.yaml": configMapText('  a: "b"\n') };
      assert.deepEqual(rulesIn(await inChart({ ...files, "values.yaml": `a: 1 # one${mark}b: 2\n` })), [
        "line-break-hidden values.yaml:1",
      ]);
      assert.deepEqual(rulesIn(await inChart({ ...files, "values.yaml": `a: "one${mark}two"\nb: 'x${mark}y'\n` })), []);
    });
  }

  it("of two equal keys the last counts, which is told and no refusal: in a template, in values, in a file", async () => {
    const twice = "  a: first\n  a: last\n";
    assert.deepEqual(rulesIn(await inChart({ "templates/map.yaml": configMapText(twice) })), [
      "duplicate-key map.yaml:?",
    ]);
    const values = {
      "values.yaml": "port: 1\nport: 2\n",
      "templates/map.yaml": configMapText('  a: "{{ .Values.port }}"\n'),
    };
    assert.deepEqual(rulesIn(await inChart(values)), ["duplicate-key values.yaml:2"]);
    const file = await evaluatedFiles({
      "map.yaml": configMapText(twice).replace("name: settings", "name: settings\n  namespace: shop"),
    });
    assert.deepEqual(rulesIn(file), ["duplicate-key map.yaml:9"]);
    assert.equal(file.code, 0);
  });

  it("tags that YAML 1.2 does not know are read, and those of applications left out", async () => {
    const files = {
      "values.yaml": "size: !!int 3\nkey: !vault secret\n",
      "templates/map.yaml": configMapText('  a: !!binary aGVsbG8=\n  b: !ours "x"\n'),
    };
    const { units, code } = await inChart(files);
    assert.deepEqual([units[0]?.verdict.findings, code], [[], 0]);
  });

  it("of a values file with several documents the first counts, as for Helm 3; other targets are evaluated", async () => {
    const files = {
      "values.yaml": "name: one\n---\nname: two\n",
      "templates/map.yaml": configMapText('  a: "{{ .Values.name }}"\n'),
    };
    const two = { ...chartFiles(files), ...chartFiles({ "values.yaml": "a: [\n" }, "broken") };
    const { units, unjudged, code } = await evaluatedFiles(two, { targets: ["broken", "web"], namespace: "shop" });
    assert.deepEqual(
      units.map(({ verdict }) => verdict.objects),
      [1],
    );
    assert.match(unjudged.map(({ reason }) => reason).join(), /values\.yaml/);
    assert.equal(code, 2);
  });

  it("a list of a kind gives its items kind and version", async () => {
    const items = [{ metadata: { name: "web", namespace: "shop" }, spec: { hostPID: true, containers: [] } }];
    const list = JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items });
    const { units } = await evaluatedFiles({ "pods.json": list });
    assert.equal(units[0]?.verdict.pods, 1);
    assert.ok(
      units[0]?.verdict.findings.some(({ rule, object }) => rule === "host-namespaces" && object.kind === "Pod"),
    );
  });

  it("UTF-16, as PowerShell writes it, is the same manifest", async () => {
    const text = podWith("\n");
    for (const bytes of [
      Buffer.from(`\ufeff${text}`, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
      Buffer.from(`\ufeff${text}`),
    ])
      assert.deepEqual(
        rulesIn(await evaluatedFiles({ "pod.yaml": bytes })),
        rulesIn(await evaluatedFiles({ "pod.yaml": text })),
      );
  });

  it("a key of values may be called __proto__", async () => {
    const secret = ["fmu1", "0123456789abcdef0123"].join("-");
    const files = {
      "values.yaml": `__proto__: {token: ${secret}}\n`,
      "templates/map.yaml": configMapText('  a: "b"\n'),
    };
    assert.deepEqual(rulesIn(await inChart(files)), ["secret-in-values values.yaml:1"]);
  });
});
