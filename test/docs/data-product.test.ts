import assert from "node:assert/strict";
import { load } from "js-yaml";
import { checkStack } from "../../config/stack-schema";
import type { ResolvedFloe } from "../../systems/floe/config";
import { jobsName, platformName } from "../../systems/floe/values";
import { systems } from "../../systems/registry";
import { section } from "../support/documents/document";
import { textOf } from "../support/tree";

const file = "docs/how-to/run-a-data-product.md";

describe("documents: run-a-data-product.md", () => {
  const product = section(file, "1. The product");

  it("[FL-104] its product is the one that the end-to-end test runs, without what only a test needs", () => {
    const tested = JSON.parse(textOf("test/support/floe/data-product/compiled_artifacts.json"));
    const [build] = tested.jobs;
    assert.deepEqual(JSON.parse(product.block("json")), { ...tested, jobs: [build] });
    const { project } = load(textOf("test/support/floe/data-product/project.yaml")) as {
      project: Record<string, string>;
    };
    const { "models/schema.yml": _, ...models } = project;
    assert.deepEqual(load(product.block("yaml")), { project: models });
  });

  it("[FL-87] [FL-122] its stack is valid, takes the files that it generates, and all commands use its names", () => {
    const stack = section(file, "3. The stack");
    const { config } = load(stack.block("yaml")) as { config: Record<string, unknown> };
    const raw = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(/^hardened:/, ""), value]),
    );
    const checked = checkStack("data", raw, systems);
    assert.ok("config" in checked, JSON.stringify(checked));
    const floe = checked.config.systems.floe as ResolvedFloe;
    const written = [...section(file, "2. The values").text.matchAll(/ -o (\S+)$/gm)].map(([, one]) => one);
    assert.deepEqual([...floe.valuesFiles, ...floe.jobsValuesFiles], written);
    const text = textOf(file);
    for (const [, namespace] of text.matchAll(/kubectl [^\n]*-n (\S+)/g)) assert.equal(namespace, floe.namespace);
    for (const name of ["webserver", "daemon", "postgresql"])
      assert.ok(text.includes(`${platformName(floe)}-${name}`), name);
    assert.ok(text.includes(`job/${jobsName(floe)}-build-`));
  });

  it("[FL-104] it asks Dagster and the database what the end-to-end test asks", () => {
    const files = ["test/e2e/alone/floe.e2e.ts", "test/support/floe/dagster.ts", "test/support/floe/floe-run.ts"];
    const test = files.map(textOf).join("").replaceAll(/\s+/g, " ");
    const asked = [...section(file, "4. A run").text.matchAll(/"query": "([^"]+)"/g)].map(([, one]) => one ?? "");
    assert.equal(asked.length, 2);
    for (const one of asked) assert.ok(test.includes(one), one);
    const [, select = "none"] = /cursor\.execute\("(.*)"\)/.exec(section(file, "5. The rows").text) ?? [];
    assert.ok(test.includes(select), select);
    assert.match(test, /\(42, 2\)|42, 2/);
  });
});
