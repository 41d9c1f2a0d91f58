import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systems } from "../../systems/registry";
import { root } from "../support/tree";

/** Files every system has, each with the same meaning everywhere. */
const files = ["README.md", "chart-values.ts", "component.ts", "config.ts", "definition.ts", "values.ts"];

describe("systems", () => {
  const folder = join(root, "systems");
  const folders = readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));

  it("the registry has every folder, under its own name", () => {
    assert.deepEqual(Object.keys(systems).sort(), folders.sort());
    for (const [key, { name }] of Object.entries(systems)) assert.equal(name, key);
  });

  for (const system of Object.values(systems)) {
    it(`${system.name} has the files every system has, and its charts`, () => {
      const present = new Set(readdirSync(join(folder, system.name)));
      assert.deepEqual(
        files.filter((file) => !present.has(file)),
        [],
      );
      for (const chart of Object.keys(system.charts))
        assert.ok(existsSync(join(root, "charts", chart, "Chart.yaml")), chart);
      assert.equal(system.resolve === undefined, !present.has("resolve.ts"));
      assert.equal(system.demo === undefined, !present.has("demo.ts"));
    });
  }

  it("no chart belongs to two systems", () => {
    const charts = Object.values(systems).flatMap((system) => Object.keys(system.charts));
    assert.deepEqual(charts, [...new Set(charts)]);
  });
});
