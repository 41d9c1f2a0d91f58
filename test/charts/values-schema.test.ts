import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { chartValueTypes, outdatedSchemas, writeValuesSchemas } from "../../cli/generate/values-schemas";
import { mailroomConfig } from "../../systems/mailroom/config";
import { egress } from "../../systems/mailroom/values";
import { charts, render, secrets } from "./support/helm";

type Tree = { readonly [key: string]: unknown };
const defaults = (chart: string): Tree => load(readFileSync(join(charts, chart, "values.yaml"), "utf8")) as Tree;

/** Every object type of a schema, with its path. */
function objects(schema: Tree, path: string): [path: string, schema: Tree][] {
  const inner = Object.entries(schema).flatMap(([key, value]): [string, Tree][] =>
    typeof value === "object" && value !== null && key !== "default" ? objects(value as Tree, `${path}/${key}`) : [],
  );
  return schema.type === "object" ? [[path, schema], ...inner] : inner;
}

describe("charts: values and their schema", () => {
  it("[FL-41] [MR-02] values.schema.json is what the type says", () => assert.deepEqual(outdatedSchemas(charts), []));

  it("writes what is missing, once", () => {
    const folder = mkdtempSync(join(tmpdir(), "schemas-"));
    try {
      for (const chart of Object.keys(chartValueTypes)) mkdirSync(join(folder, chart));
      assert.deepEqual(writeValuesSchemas(folder), Object.keys(chartValueTypes));
      assert.deepEqual(writeValuesSchemas(folder), []);
      assert.deepEqual(outdatedSchemas(folder), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const [chart, type] of Object.entries(chartValueTypes)) {
    it(`[MR-09] ${chart}: the default values fit their own type, and every key of it is there`, () => {
      const parsed = type.parse(defaults(chart)) as Tree;
      assert.deepEqual(parsed, defaults(chart));
      const schema = JSON.parse(readFileSync(join(charts, chart, "values.schema.json"), "utf8")) as Tree & {
        required: string[];
      };
      assert.deepEqual([...schema.required].sort(), Object.keys(defaults(chart)).sort());
    });

    it(`[MR-09] ${chart}: no object takes an unknown key, apart from what Helm adds`, () => {
      const schema = JSON.parse(readFileSync(join(charts, chart, "values.schema.json"), "utf8")) as Tree;
      const found = objects(schema, "");
      // Of rules and dashboards there is little to say.
      assert.ok(found.length > (chart === "monitoring" ? 3 : 10));
      // a map of free names says what its entries are; `{}` and `true` take anything
      const takesAnything = ({ additionalProperties: rest = true }: Tree): boolean =>
        rest === true || (rest !== false && Object.keys(rest as Tree).length === 0);
      const open = found.filter(([, inner]) => takesAnything(inner)).map(([path]) => path);
      const known = /\/(global|hardened)$/;
      assert.deepEqual(
        open.filter((path) => !known.test(path)),
        [],
      );
    });

    it(`${chart}: every key at the top says what it is for`, () => {
      const { properties } = JSON.parse(readFileSync(join(charts, chart, "values.schema.json"), "utf8")) as {
        properties: Record<string, Tree>;
      };
      for (const [key, { description, properties: inner }] of Object.entries(properties)) {
        const below = Object.values((inner ?? {}) as Record<string, Tree>);
        assert.ok(description || (below.length > 0 && below.every((one) => one.description || one.properties)), key);
      }
    });
  }

  it("takes what Helm adds for a chart inside a chart", async () => {
    assert.ok(await render({ values: { secrets, global: { region: "here" } } }));
  });

  it("[MR-21] [MR-30] [MR-31] [MR-32] the chart and the stack's configuration have the same defaults", () => {
    const config = mailroomConfig.parse({});
    const { image, replicaCount, resources, setup, config: tree, networkPolicy } = defaults("mailroom");
    assert.deepEqual({ ...config.image, pullPolicy: "Always" }, image);
    assert.equal(config.replicaCount, replicaCount);
    assert.deepEqual(config.resources, resources);
    assert.equal(config.setup.apply, (setup as Tree).apply);
    assert.deepEqual(config.config, tree);
    assert.deepEqual(egress(config), (networkPolicy as Tree).egress);
  });
});
