import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releaseValues } from "../../components/release-values";

describe("release-values: what every provider keeps alike", () => {
  let chart: string;
  before(() => {
    chart = mkdtempSync(join(tmpdir(), "hardened-values-"));
    writeFileSync(join(chart, "values.yaml"), "args: []\nhosts: [example.com]\nweb: { paths: [/], tls: [] }\n");
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

  it("keeps everything else as it is: empty maps, texts and numbers, false, and what is inside lists", () => {
    const values = { args: ["a"], text: "", zero: 0, no: false, map: {}, rules: [{ to: [] }, null] };
    assert.deepEqual(releaseValues(chart, values), values);
  });
});
