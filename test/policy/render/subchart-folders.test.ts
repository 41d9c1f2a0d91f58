import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderChart } from "../../../policy/render/render";
import { subchartFolders } from "../../../policy/render/subchart-folders";
import { evaluatedFiles } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

const meta = (name: string, more = ""): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`;
const pod = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Chart.Name }}
spec:
  hostPID: true
  containers: [{name: a, image: a}]
`;
const lookup = '{{- $found := lookup "v1" "Secret" "a" "b" }}\n';
const dependencies = "dependencies: [{name: db, version: 1.0.0, alias: cache}]\n";
const files = {
  "web/Chart.yaml": meta("web", dependencies),
  "web/charts/db-1.0/Chart.yaml": meta("db", "dependencies: [{name: log, version: 1.0.0, alias: audit}]\n"),
  "web/charts/db-1.0/templates/pod.yaml": lookup + pod,
  "web/charts/db-1.0/charts/log/Chart.yaml": meta("log"),
  "web/charts/db-1.0/charts/log/templates/pod.yaml": pod,
};

describe("templates of subcharts", function () {
  this.timeout(60_000);
  let folder = "";
  before(() => {
    useHelm();
    folder = mkdtempSync(join(tmpdir(), "subcharts-"));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  it("have the paths they have on disk, by whatever name the chart calls them", async () => {
    const request = { chart: join(folder, "web"), name: "web", namespace: "shop", values: {}, kubeVersion: "1.36" };
    const { documents, upgrade, lookups } = await renderChart(request);
    assert.equal(documents.length, 2);
    const named = [...documents, ...(upgrade?.documents ?? [])].map(({ source }) => source ?? "");
    for (const file of [...named, ...lookups.map(({ file = "" }) => file)])
      assert.ok(existsSync(join(folder, file)), file);
  });

  it("show the line of a violation", async () => {
    const { units } = await evaluatedFiles(files, { targets: ["web"], namespace: "shop" });
    const found = units.flatMap(({ verdict }) => verdict.findings.filter(({ rule }) => rule === "host-namespaces"));
    assert.deepEqual(found.map(({ object, file, line }) => [object.name, file, line]).sort(), [
      ["audit", "web/charts/db-1.0/charts/log/templates/pod.yaml", 6],
      ["cache", "web/charts/db-1.0/templates/pod.yaml", 7],
    ]);
  });

  it("stay as Helm names them where there is no such folder: a packed chart", () => {
    const onDisk = subchartFolders(join(folder, "web"));
    for (const path of ["web/charts/other/templates/a.yaml", "web/templates/charts/a.yaml", "web/charts/cache", ""])
      assert.equal(onDisk(path), path);
    assert.equal(
      subchartFolders(join(folder, "web/Chart.yaml"))("web/charts/db/templates/a.yaml"),
      "web/charts/db/templates/a.yaml",
    );
  });
});
