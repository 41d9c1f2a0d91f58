import assert from "node:assert/strict";
import { load } from "js-yaml";
import { defaultMapping, environmentsOf } from "../../systems/floe/environments";
import { readArtifacts } from "../../systems/floe/generator/artifacts";
import { builtinPlugins } from "../../systems/floe/generator/builtin-plugins";
import { section } from "../support/documents/document";
import { textOf } from "../support/tree";

const file = "docs/how-to/generate-floe-values.md";

/** Cells of the rows of a section's table. */
const cells = (heading: string): string[][] =>
  section(file, heading)
    .text.split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("documents: generate-floe-values.md", () => {
  it("[FL-84] its table of environments is the built-in mapping, and its own mapping is one", () => {
    const found = environmentsOf(defaultMapping);
    assert.ok("environments" in found);
    const rows = Object.values(found.environments).map(({ name, cluster, namespace, profile, preset, overlay }) => [
      ...[name, cluster, namespace, profile, preset, overlay],
    ]);
    assert.deepEqual(cells("What overrides what"), rows);
    assert.ok("environments" in environmentsOf(load(section(file, "What overrides what").block("yaml"))));
  });

  it("[FL-18] its plugins are those that come with floe, and the example names them", () => {
    const read = readArtifacts(textOf("systems/floe/generator/sample/compiled_artifacts.json"));
    assert.ok("artifacts" in read);
    const rows = cells("The artifact");
    assert.equal(rows.length, 4);
    for (const [plugin = ""] of rows) {
      const [, type = "", name = ""] = /^`(\w+): (\w+)`$/.exec(plugin) ?? [];
      assert.notEqual(typeof builtinPlugins().find(type as "catalog", name), "string", plugin);
      assert.equal(read.artifacts.plugins[type as "catalog"].type, name);
    }
  });

  it("[FL-113] says how to log in to ghcr.io, and what each error of a registry means, by the program's own messages", () => {
    const { text: registry } = section(file, "From a registry");
    assert.match(registry, /docker login ghcr\.io --username <user> --password-stdin/);
    const source = `${textOf("operations/floe/oci-artifact.ts")}${textOf("policy/signatures/registry.ts")}`;
    for (const [message = ""] of cells("From a registry")) {
      const [first = ""] = message.replaceAll("`", "").split(/ \(| \d/);
      assert.ok(source.includes(first), first);
    }
    const [, type = "none"] = /const artifactType = "(.*)"/.exec(source) ?? [];
    assert.ok(registry.includes(type), type);
  });
});
