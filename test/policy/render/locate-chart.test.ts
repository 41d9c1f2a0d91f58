import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateChart } from "../../../policy/render/locate-chart";

describe("the chart of a release", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "locate-"));
    for (const name of ["nice", "nice ", "plain"]) mkdirSync(join(folder, name));
    for (const name of ["nice", "nice "]) writeFileSync(join(folder, name, "Chart.yaml"), "name: nice\n");
    writeFileSync(join(folder, "nice-1.0.0.tgz"), "packed");
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, found] of [
    ["nice", "nice"],
    ["./nice", "nice"],
    ["nice ", "nice"],
    ["\u0085\u00a0\t nice\n\u2028", "nice"],
    ["nice-1.0.0.tgz", "nice-1.0.0.tgz"],
    ["\ufeffnice", undefined],
    ["plain", undefined],
    ["none", undefined],
    ["bitnami/nice", undefined],
    ["oci://registry.example/nice", undefined],
    ["https://charts.example/nice-1.0.0.tgz", undefined],
    [" ", undefined],
    ["", undefined],
  ] as const)
    it(`[MR-54] ${JSON.stringify(name)} is ${found === undefined ? "no chart of the project" : `the one at ${found}`}, as for the provider`, () =>
      assert.equal(locateChart(name, folder), found && join(folder, found)));

  it("is found in time that grows with its name's length", () => {
    const start = process.cpuUsage().user;
    assert.equal(locateChart(`${" ".repeat(500_000)}x${" ".repeat(500_000)}`, folder), undefined);
    assert.ok(process.cpuUsage().user - start < 2_000_000);
  });
});
