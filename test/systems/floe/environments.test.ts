import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { projectRoot } from "../../../config/project";
import {
  defaultMapping,
  type Environment,
  environmentOf,
  environmentsOf,
  presetNames,
  resourcePreset,
  resourcePresets,
} from "../../../systems/floe/environments";
import { quantity } from "../../../systems/schema";

function mapped(mapping: unknown = defaultMapping): Readonly<Record<string, Environment>> {
  const found = environmentsOf(mapping);
  if ("mistakes" in found) throw new Error(found.mistakes.join("\n"));
  return found.environments;
}
function mistakes(mapping: unknown): readonly string[] {
  const found = environmentsOf(mapping);
  return "mistakes" in found ? found.mistakes : [];
}

describe("floe: environments", () => {
  it("[FL-05] [FL-69] [FL-79] maps five environments and the one of CI, each to one of two clusters", () => {
    const rows = Object.values(mapped()).map(({ name, profile, cluster, namespace, preset, overlay }) =>
      [name, profile, cluster, namespace, preset, overlay].join(" "),
    );
    assert.deepEqual(rows, [
      "dev dev nonprod floe-dev small dev",
      "test dev nonprod floe-test small test",
      "qa dev nonprod floe-qa small dev",
      "uat staging nonprod floe-uat medium staging",
      "staging staging nonprod floe-staging medium staging",
      "prod prod prod floe-prod large prod",
    ]);
  });

  it("[FL-80] namespaces come from a template", () => {
    const { dev, prod } = mapped({
      one: { environments: ["dev"], namespaceTemplate: "data-{env}-eu" },
      two: { environments: ["prod"] },
    });
    assert.deepEqual([dev?.namespace, prod?.namespace], ["data-dev-eu", "floe-prod"]);
  });

  it("[FL-69] [FL-81] the preset is the environment's own, else the cluster's, else the usual one", () => {
    const found = mapped({
      one: {
        preset: "medium",
        environments: ["dev", { name: "load", profile: "staging", preset: "custom", overlay: "load" }],
      },
      two: { environments: ["prod", { name: "eu", profile: "prod" }] },
    });
    assert.deepEqual(
      Object.values(found).map(({ name, preset, overlay }) => `${name} ${preset} ${overlay}`),
      ["dev medium dev", "load custom load", "prod large prod", "eu custom prod"],
    );
  });

  it("[FL-69] a code location gets the same of a preset from the generator as from the chart", () => {
    const template = readFileSync(join(projectRoot, "charts/floe-platform/templates/_presets.tpl"), "utf8");
    const [, table = ""] = /define "floe-platform\.presets" -}}\n([\s\S]*?){{- end }}/.exec(template) ?? [];
    const chart = load(table) as Readonly<Record<string, { readonly code: readonly string[] }>>;
    const generator = Object.entries(resourcePresets).map(([name, { userCode }]) => {
      const { requests, limits } = userCode;
      return [name, [requests.cpu, requests.memory, limits.cpu, limits.memory]];
    });
    assert.deepEqual(
      Object.fromEntries(generator),
      Object.fromEntries(Object.entries(chart).map(([name, { code }]) => [name, code])),
    );
  });

  it("[FL-69] [FL-81] presets are typed, and each asks for more than the one below", () => {
    assert.deepEqual([...Object.keys(resourcePresets), "custom"], [...presetNames]);
    for (const preset of Object.values(resourcePresets)) assert.deepEqual(resourcePreset.parse(preset), preset);
    const { small, medium, large } = resourcePresets;
    for (const part of ["userCode", "job"] as const)
      for (const kind of ["requests", "limits"] as const)
        for (const what of ["cpu", "memory"] as const) {
          const amounts = [small, medium, large].map((one) => quantity(one[part][kind][what]));
          assert.deepEqual(
            amounts,
            amounts.toSorted((a, b) => a - b),
            `${part} ${kind} ${what}`,
          );
          assert.equal(new Set(amounts).size, 3);
        }
    assert.ok(!resourcePreset.safeParse({ ...small, jobs: small.job }).success);
  });

  it("[FL-79] fails for an environment that is mapped twice, and names both clusters", () => {
    assert.deepEqual(mistakes({ one: { environments: ["dev", "qa"] }, two: { environments: ["qa"] } }), [
      "/two/environments/0: qa is mapped twice, to one and to two; keep one",
    ]);
    assert.deepEqual(mistakes({ one: { environments: ["dev", "dev"] } }), [
      "/one/environments/1: dev is mapped twice, to one and to one; keep one",
    ]);
  });

  it("[FL-79] fails for a cluster without environments and for an environment without a profile", () => {
    assert.deepEqual(mistakes({ one: { environments: [] } }), [
      "/one/environments: a cluster without an environment; name one or remove the cluster",
    ]);
    assert.deepEqual(mistakes({ one: { environments: ["load"] } }), [
      "/one/environments/0: load needs its profile: {name: load, profile: dev|staging|prod}; without one are known: dev, test, qa, uat, staging, prod",
    ]);
    assert.deepEqual(mistakes({ one: { environment: ["dev"] } }), [
      "/one/environments: missing, expected array",
      '/one/environment: unknown key; did you mean "environments"?',
    ]);
  });

  it("[FL-80] fails for a namespace that is invalid, too long or shared, and shows it", () => {
    const of = (namespaceTemplate: string, environments = ["dev"]) =>
      mistakes({ one: { environments, namespaceTemplate } });
    assert.match(
      of("Floe_{env}")[0] ?? "",
      /^\/one\/namespaceTemplate: "Floe_dev" for dev is no namespace: .*lower-case/,
    );
    assert.match(
      of(`${"a".repeat(60)}-{env}`)[0] ?? "",
      /^\/one\/namespaceTemplate: "a{60}-dev" for dev is no namespace: .*at most 63 characters$/,
    );
    assert.deepEqual(of(`${"a".repeat(59)}-{env}`), []);
    assert.deepEqual(of("floe", ["dev", "qa"]), [
      '/one/namespaceTemplate: dev and qa would share the namespace "floe"; use {env} in it',
    ]);
  });

  it("[FL-71] names the environments that are known when one is not", () => {
    const all = mapped();
    assert.equal((environmentOf("prod", all) as Environment).cluster, "prod");
    const known = "known: dev, test, qa, uat, staging, prod";
    assert.equal(environmentOf("prd", all), `unknown environment "prd"; did you mean "prod"? ${known}`);
    assert.equal(environmentOf("xyzzy", all), `unknown environment "xyzzy"; ${known}`);
    assert.equal(environmentOf("constructor", all), `unknown environment "constructor"; ${known}`);
    assert.equal(
      environmentOf("qa", mapped({ one: { environments: ["dev"] } })),
      'environment "qa" is not mapped to a cluster; known: dev',
    );
  });
});
