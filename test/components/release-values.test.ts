import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releaseValues } from "../../components/release-values";

describe("release-values: what every provider keeps alike", () => {
  let chart: string;
  before(() => {
    chart = mkdtempSync(join(tmpdir(), "hardened-values-"));
    const own = "args: []\nhosts: [example.com]\nweb: { paths: [/], tls: [] }\nnone: null\nshop: { zones: [a] }\n";
    writeFileSync(join(chart, "values.yaml"), own);
    for (const inner of ["shop", "empty", "folder"]) mkdirSync(join(chart, "charts", inner), { recursive: true });
    for (const inner of ["shop", "empty"])
      writeFileSync(join(chart, "charts", inner, "Chart.yaml"), `name: ${inner}\n`);
    writeFileSync(join(chart, "charts", "empty", "values.yaml"), "# nothing\n");
    for (const inner of ["shop", "folder"])
      writeFileSync(join(chart, "charts", inner, "values.yaml"), "zones: []\nhosts: [shop.example]\n");
  });
  after(() => rmSync(chart, { recursive: true, force: true }));

  it("leaves out empty lists and nulls, at any depth, where the chart has none of its own", () => {
    const values = { args: [], other: [], none: null, absent: undefined, web: { tls: [], port: 1, deep: { a: [] } } };
    assert.deepEqual(releaseValues(chart, values), { web: { port: 1, deep: {} } });
  });

  it("keeps an empty list that takes the chart's own away", () => {
    const values = { hosts: [], web: { paths: [] } };
    assert.deepEqual(releaseValues(chart, values), values);
  });

  it("knows the lists of a chart inside, under those that the outer one has for it; a folder without Chart.yaml is no chart", () => {
    const empty = { zones: [], hosts: [], tags: [] };
    const values = { shop: empty, empty, folder: empty, none: { tags: [], port: 1 } };
    const left = { shop: { zones: [], hosts: [] }, empty: {}, folder: {}, none: { port: 1 } };
    assert.deepEqual(releaseValues(chart, values), left);
    assert.deepEqual(releaseValues(join(chart, "charts", "shop"), empty), { hosts: [] });
  });

  it("keeps everything else as it is: empty maps, texts and numbers, false, and what is inside lists", () => {
    const values = { args: ["a"], text: "", zero: 0, no: false, map: {}, rules: [{ to: [] }, null] };
    assert.deepEqual(releaseValues(chart, values), values);
  });
});
