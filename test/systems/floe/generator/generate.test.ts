import assert from "node:assert/strict";
import { z } from "zod";
import { defaultMapping, type Environment, environmentOf, environmentsOf } from "../../../../systems/floe/environments";
import { type CompiledArtifacts, readArtifacts } from "../../../../systems/floe/generator/artifacts";
import { builtinPlugins } from "../../../../systems/floe/generator/builtin-plugins";
import { generate, type Sources } from "../../../../systems/floe/generator/generate";
import { mergeAll } from "../../../../systems/floe/generator/merge";
import { type Plugin, type PluginKind, PluginRegistry, pluginKinds } from "../../../../systems/floe/generator/plugins";
import type { Values } from "../../../../systems/floe/generator/tree";
import { validatorOf } from "../../../../systems/floe/generator/validate";
import { textOf } from "../../../support/tree";

const sample = textOf("systems/floe/generator/sample/compiled_artifacts.json");
const accepted = () => [];

function artifacts(change: (tree: Record<string, object>) => void = () => undefined): CompiledArtifacts {
  const tree = JSON.parse(sample);
  change(tree);
  const read = readArtifacts(JSON.stringify(tree));
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  return read.artifacts;
}

function environment(name: string): Environment {
  const found = environmentsOf(defaultMapping);
  const one = "environments" in found ? environmentOf(name, found.environments) : "";
  if (typeof one === "string") throw new Error(one);
  return one;
}

/** A plugin that gives these values. */
const plugin = (type: PluginKind, values: unknown, name: string = type): Plugin => ({
  name,
  version: "2.1",
  type,
  getHelmValues: typeof values === "function" ? (values as Plugin["getHelmValues"]) : () => values as Values,
});
/** A registry of nothing but fakes, and an artifact that names them. */
function fakes(values: Partial<Record<PluginKind, unknown>>): Pick<Sources, "plugins" | "artifacts"> {
  const plugins = new PluginRegistry(pluginKinds.map((type) => plugin(type, values[type] ?? {})));
  const named = Object.fromEntries(pluginKinds.map((type) => [type, { type }]));
  return { plugins, artifacts: artifacts((tree) => Object.assign(tree, { plugins: named })) };
}

const sources = (more: Partial<Sources> = {}): Sources => ({
  artifacts: artifacts(),
  environment: environment("dev"),
  plugins: builtinPlugins(),
  chart: { name: "floe-platform", defaults: {}, overlay: {}, validate: accepted },
  user: [],
  allowConflicts: [],
  ...more,
});
const chart = (more: Partial<Sources["chart"]>): Sources["chart"] => ({ ...sources().chart, ...more });

function values(more: Partial<Sources> = {}): Values {
  const made = generate(sources(more));
  if ("mistakes" in made) throw new Error(made.mistakes.join("\n"));
  return made.values;
}
function mistakes(more: Partial<Sources>): readonly string[] {
  const made = generate(sources(more));
  return "mistakes" in made ? made.mistakes : [];
}

describe("floe: values of a chart", () => {
  it("[FL-67] merges the chart's defaults, plugins, the environment and the user, the later over the earlier", () => {
    const said = (layer: string, ...keys: string[]) => Object.fromEntries(keys.map((key) => [key, layer]));
    const defaults = said("default", "a", "b", "c", "d");
    const made = values({
      ...fakes({ catalog: said("plugin", "b", "c", "d") }),
      chart: chart({ defaults, overlay: said("environment", "c", "d") }),
      user: [said("file", "d", "e"), said("set", "e")],
    });
    const own = { global: { environment: "dev" }, resourcePreset: "small" };
    assert.deepEqual(mergeAll([defaults, made]), {
      ...{ a: "default", b: "plugin", c: "environment", d: "file", e: "set" },
      ...own,
    });
    assert.ok(!("a" in made), "what nobody said stays the chart's");
  });

  it("[FL-18] [FL-29] a plugin's values appear, and go with it", () => {
    const fake = { otel: { replicaCount: 7 } };
    assert.deepEqual(values(fakes({ observability: fake })).otel, fake.otel);
    assert.equal(values(fakes({})).otel, undefined);
  });

  it("[FL-71] the environment has its name, its preset and its overlay, and prod is another than dev", () => {
    const [dev, qa, prod] = ["dev", "qa", "prod"].map((name) =>
      values({ environment: environment(name), chart: chart({ overlay: { global: { environment: "dev" } } }) }),
    );
    assert.deepEqual(
      [dev?.global, qa?.global, prod?.global],
      [{ environment: "dev" }, { environment: "qa" }, { environment: "prod" }],
    );
    assert.deepEqual([dev?.resourcePreset, qa?.resourcePreset, prod?.resourcePreset], ["small", "small", "large"]);
    assert.notDeepEqual(dev?.dagster, prod?.dagster);
  });

  it("[FL-67] gives the same for the same, and changes no input", () => {
    const given = sources({ chart: chart({ defaults: { otel: { replicaCount: 1 } } }), user: [{ otel: null }] });
    const before = JSON.stringify(given);
    assert.equal(JSON.stringify(generate(given)), JSON.stringify(generate(given)));
    assert.equal(JSON.stringify(given), before);
    assert.equal(values(given).otel, null, "a default that is removed is null, as Helm is told");
  });

  it("[FL-73] fails with JSON pointer, expected and got for what the chart does not take, all at once", () => {
    const type = z.strictObject({
      global: z.object({}),
      resourcePreset: z.string(),
      otel: z.strictObject({ replicaCount: z.int().min(1, "expected a whole number from 1") }),
      polaris: z.strictObject({ persistence: z.strictObject({ type: z.enum(["in-memory", "database"]) }) }),
      items: z.array(z.strictObject({ port: z.number() })),
    });
    const wrong = {
      otel: { replicaCount: 0 },
      polaris: { persistance: {}, persistence: { type: "disk" } },
      items: [{ port: 1 }, { port: "x".repeat(100) }],
    };
    assert.deepEqual(mistakes({ ...fakes({ catalog: wrong }), chart: chart({ validate: validatorOf(type) }) }), [
      "/otel/replicaCount: expected a whole number from 1, got 0",
      '/polaris/persistence/type: expected one of "in-memory"|"database", got "disk"',
      '/polaris/persistance: expected a key of the chart (did you mean "persistence"?), got an unknown key',
      "/items/1/port: expected number, got a text",
    ]);
  });

  it("[FL-18] fails for two plugins that set a key to different values, and names both, unless it is allowed", () => {
    const both = fakes({
      catalog: { otel: { replicaCount: 1, same: [1] }, mine: 1 },
      observability: { otel: { replicaCount: 2, same: [1] } },
    });
    assert.deepEqual(mistakes(both), [
      "otel.replicaCount: plugin catalog 2.1 (catalog) and plugin observability 2.1 (observability) set it to different values; let one of them leave it, or allow it (--allow-conflict otel.replicaCount)",
    ]);
    assert.deepEqual(values({ ...both, allowConflicts: ["otel.replicaCount"] }).otel, { replicaCount: 2, same: [1] });
  });

  const broken: readonly (readonly [what: string, value: unknown, line: string])[] = [
    ["throws", () => assert.fail("no catalog\nat somewhere"), "getHelmValues() failed: AssertionError: no catalog"],
    ["gives a list", [], "getHelmValues() must give a map, got a list"],
    ["gives nothing", () => undefined, "getHelmValues() must give a map, got nothing"],
    ["gives a promise", async () => ({}), "getHelmValues() must give a map, got an instance of Promise"],
    [
      "gives a function in a map",
      () => ({ otel: { replicaCount: () => 1 } }),
      "getHelmValues() gave /otel/replicaCount: expected a text, a number, true, false, null, a list or a map, got a function",
    ],
    ["gives no number", () => ({ a: [Number.NaN] }), "getHelmValues() gave /a/0: expected a finite number"],
    [
      "gives a key of the prototype",
      () => JSON.parse('{"__proto__": {}}'),
      "getHelmValues() gave /__proto__: a key that no data has; remove it",
    ],
    [
      "changes the artifact",
      (given: { jobs: unknown[] }) => given.jobs.push(1),
      "getHelmValues() failed: TypeError: Cannot add property 3, object is not extensible",
    ],
  ];
  for (const [what, value, line] of broken)
    it(`[FL-18] fails for a plugin that ${what}, and names it`, () =>
      assert.deepEqual(mistakes(fakes({ catalog: value })), [`plugin catalog 2.1 (catalog): ${line}`]));

  it("[FL-18] fails for a plugin that goes in circles", () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    assert.match(mistakes(fakes({ catalog: circle }))[0] ?? "", /\/again.*: nested more than 64 levels deep$/);
  });

  it("[FL-18] fails for a plugin without getHelmValues() and for one nobody registered", () => {
    const { plugins, artifacts: named } = fakes({});
    const without = new PluginRegistry([{ name: "catalog", version: "1", type: "catalog" } as unknown as Plugin]);
    assert.deepEqual(mistakes({ plugins: without, artifacts: named }), [
      '/plugins/orchestrator/type: no orchestrator plugin "orchestrator"; registered are: none',
      '/plugins/compute/type: no compute plugin "compute"; registered are: none',
      '/plugins/observability/type: no observability plugin "observability"; registered are: none',
    ]);
    for (const type of ["orchestrator", "compute", "observability"] as const) without.register(plugin(type, {}));
    assert.deepEqual(mistakes({ plugins: without, artifacts: named }), [
      "plugin catalog 1 (catalog): it has no getHelmValues()",
    ]);
    assert.throws(() => plugins.register(plugin("catalog", {})), /two plugins are registered as catalog\/catalog/);
    const typo = artifacts((tree) => Object.assign(tree.plugins as object, { catalog: { type: "polarys" } }));
    assert.deepEqual(mistakes({ artifacts: typo }), [
      '/plugins/catalog/type: no catalog plugin "polarys"; did you mean "polaris"?',
    ]);
  });

  it("[FL-20] fails for settings a plugin does not know, by their pointer in the artifact", () =>
    assert.deepEqual(
      mistakes({
        artifacts: artifacts((tree) =>
          Object.assign(tree.plugins as object, { observability: { type: "otel", config: { replica: 2 } } }),
        ),
      }),
      ['/plugins/observability/config/replica: unknown key; did you mean "replicas"?'],
    ));

  it("[FL-78] fails for a credential in clear, wherever it comes from: its path, never itself", () => {
    const secret = "hunter22-of-nobody";
    const from: Partial<Sources>[] = [
      fakes({ catalog: { postgresql: { auth: { password: secret } } } }),
      { user: [{ postgresql: { auth: { password: secret } } }] },
      { chart: chart({ overlay: { postgresql: { auth: { password: secret } } } }) },
    ];
    for (const one of from) {
      const [line = "", ...more] = mistakes(one);
      assert.match(line, /^values: postgresql\.auth\.password: a credential in clear: .*; put it into a Secret/);
      assert.deepEqual(more, []);
      assert.ok(!line.includes(secret));
    }
    const inConfig = artifacts((tree) =>
      Object.assign(tree.plugins as object, { catalog: { type: "polaris", config: { api_token: secret } } }),
    );
    assert.match(
      mistakes({ artifacts: inConfig }).join(),
      /^artifact: plugins\.catalog\.config\.api_token: a credential/,
    );
    assert.ok(!JSON.stringify(generate(sources({ artifacts: inConfig }))).includes(secret));
  });

  it("fails without lineage when the artifact or a plugin must not run without, and names who", () => {
    const lineage = (required: boolean, config: object) =>
      artifacts((tree) => {
        Object.assign(tree, { lineage: { required } });
        Object.assign((tree.plugins as Record<string, { config: object }>).compute?.config as object, config);
      });
    const off = { marquez: { enabled: false } };
    const both = { artifacts: lineage(true, { lineage: true }), chart: chart({ defaults: off }) };
    assert.deepEqual(mistakes(both), [
      "marquez.enabled: the artifact needs lineage (/lineage/required); set marquez.enabled=true",
      "marquez.enabled: plugin dbt 1.0.0 (compute) needs lineage; set marquez.enabled=true",
    ]);
    assert.deepEqual(mistakes({ ...both, user: [{ marquez: { enabled: true } }] }), []);
    assert.deepEqual(mistakes({ artifacts: lineage(false, {}), chart: chart({ defaults: off }) }), []);
  });
});
