import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { packChart } from "../../../policy/render/chart-package";
import { WebCharts } from "../../support/charts/web-chart";

describe("chart-package: a chart's folder as a package", () => {
  let charts: WebCharts;
  const chart = (files: Readonly<Record<string, string>>): string => charts.chart(files);
  before(() => {
    charts = new WebCharts();
  });
  after(() => charts.remove());

  const about = "apiVersion: v2\nname: web\nversion: 1.2.3\n";
  const good = { "Chart.yaml": about, "values.yaml": "a: 1\n", "templates/a.yaml": "a" };
  /** Names in an archive, in its order. */
  function namesIn(archive: Buffer): string[] {
    const tar = gunzipSync(archive);
    const names: string[] = [];
    for (let at = 0; tar[at] !== 0; ) {
      const text = (offset: number, length: number) =>
        tar.toString("utf8", at + offset, at + offset + length).replace(/\0.*$/s, "");
      names.push([text(345, 155), text(0, 100)].filter((part) => part !== "").join("/"));
      at += 512 * (1 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512));
    }
    return names;
  }

  it("gives the same digest for the same files, whenever and wherever they were written", () => {
    const [one, other] = [chart(good), chart(good)];
    utimesSync(join(other, "values.yaml"), 1, 1);
    assert.deepEqual(packChart(one), packChart(other));
    assert.match(packChart(one).digest, /^sha256:[0-9a-f]{64}$/);
  });

  it("gives another for another content, name or place of a file", () => {
    const digests = [
      good,
      { ...good, "values.yaml": "a: 2\n" },
      { ...good, "Chart.yaml": about.replace("1.2.3", "1.2.4") },
      { "Chart.yaml": about, "values.yaml": "a: 1\n", "templates/b.yaml": "a" },
    ].map((files) => packChart(chart(files)).digest);
    assert.equal(new Set(digests).size, digests.length);
  });

  it("follows a link to the library chart, and leaves out what .helmignore names", () => {
    const folder = chart({ ...good, ".helmignore": "secrets.yaml\n", "secrets.yaml": "token: x" });
    const library = join(folder, "..", "library");
    mkdirSync(library);
    writeFileSync(join(library, "Chart.yaml"), about);
    mkdirSync(join(folder, "charts"));
    symlinkSync("../../library", join(folder, "charts", "library"));
    assert.deepEqual(namesIn(packChart(folder).archive), [
      "web/.helmignore",
      "web/Chart.yaml",
      "web/charts/library/Chart.yaml",
      "web/templates/a.yaml",
      "web/values.yaml",
    ]);
  });

  it("takes long paths and large files, as tar and gzip do", () => {
    const path = `templates/${"folder/".repeat(20)}a.yaml`;
    const large = "x".repeat(200_000);
    const { archive } = packChart(chart({ ...good, [path]: large }));
    assert.ok(namesIn(archive).includes(`web/${path}`));
    assert.ok(gunzipSync(archive).includes(large));
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ["no name", { "Chart.yaml": "apiVersion: v2\nversion: 1.2.3\n" }, /no name or no version/],
    ["a name that leads elsewhere", { "Chart.yaml": about.replace("web", "../web") }, /no name/],
    [
      "a version that is a number",
      { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2\n" },
      /version must be text/,
    ],
    ["no YAML", { "Chart.yaml": "a: [" }, /no YAML/],
    [
      "a path too long for an archive",
      { ...good, [`templates/${"a".repeat(120)}.yaml`]: "" },
      /too long for an archive/,
    ],
  ];
  for (const [what, files, message] of refused)
    it(`refuses ${what}`, () => assert.throws(() => packChart(chart(files)), { name: "RenderError", message }));

  it("packs every chart of this project", () => {
    const folder = join(__dirname, "../../../charts/mailroom");
    const { name, version, archive } = packChart(folder);
    assert.equal(`${name} ${version}`, "mailroom 0.1.0");
    assert.ok(!namesIn(archive).some((file) => file.endsWith("secrets-values.yaml")));
    assert.ok(gunzipSync(archive).includes(readFileSync(join(folder, "values.yaml"))));
  });
});
