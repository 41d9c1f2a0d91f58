import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { z } from "zod";
import { chartValues, type MigrationMode, migrationMode } from "../../../systems/trevor/chart-values";
import { coversHost } from "../../../systems/workload-schema";
import { charts } from "../../charts/support/helm";
import { environments } from "../../charts/support/trevor";
import { wrong } from "../../charts/support/trevor-wrong-values";

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);
const defaults = load(readFileSync(join(charts, "trevor/values.yaml"), "utf8")) as Tree;

/** Values on top of others, as Helm lays them: maps are merged, null takes a key out, anything else replaces. */
function over(below: Tree, above: Tree): Tree {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isTree(value) && isTree(under) ? over(under, value) : value;
  }
  return merged;
}

const issues = (values: object): z.core.$ZodIssue[] =>
  chartValues.safeParse(over(defaults, values as Tree)).error?.issues ?? [];

describe("systems/trevor: the type of the chart's values", () => {
  it("takes the defaults and what a person gives in each environment", () => {
    assert.deepEqual(issues({}), []);
    for (const [name, values] of Object.entries(environments)) assert.deepEqual(issues(values), [], name);
  });

  for (const [title, values] of wrong)
    it(`${title} is refused by the type as by the chart, at its place`, () => {
      const found = issues(values);
      assert.ok(found.length > 0, "the type takes it");
      const places = found.map(({ path, code, ...rest }) =>
        String(path[0] ?? (code === "unrecognized_keys" ? (rest as unknown as { keys: string[] }).keys[0] : "")),
      );
      assert.ok(
        places.every((place) => place in values),
        places.join(", "),
      );
    });

  it("[TR-47] names every variable that holds a credential and shows none", () => {
    const found = issues({
      env: { DB_PASSWORD: "hunter-two", URL: "redis://:hunter-two@queue:6379/0", LEVEL: "debug" },
    });
    assert.deepEqual(
      found.map(({ path }) => path.join(".")),
      ["env.DB_PASSWORD", "env.URL"],
    );
    for (const { message } of found) {
      assert.match(message, /envFromSecrets/);
      assert.doesNotMatch(message, /hunter/);
    }
    assert.deepEqual(issues({ env: { API_TOKEN: "$(INJECTED)", TOKEN_TTL: 60, DB_PASSWORD: "" } }), []);
  });

  it("[TR-06] names the index of a certificate's host that is not there", () => {
    const hosts = [{ host: "a.example.com", paths: [{ path: "/", pathType: "Prefix" }] }];
    const tls = [{ secretName: "s", hosts: ["*.example.com", "b.example.com", "*.com"] }];
    const found = issues({ ingress: { enabled: true, hosts, tls } });
    assert.deepEqual(
      found.map(({ path }) => path.join(".")),
      ["ingress.tls.0.hosts.1", "ingress.tls.0.hosts.2"],
    );
  });

  it("a certificate's wildcard stands for one part of a name", () => {
    const good = ["a.example.com", "*.example.com"];
    const bad = ["b.example.com", "*.a.example.com", "*.com", "example.com", "*.example.org", "*"];
    assert.deepEqual(
      [...good, ...bad].filter((one) => coversHost(one, "a.example.com")),
      good,
    );
    assert.ok(!coversHost("*.localhost", "localhost"));
  });

  it("[TR-29] the mode decides who migrates, without one the two switches do", () => {
    const by = (mode: "" | MigrationMode, enabled: boolean, hookEnabled: boolean) =>
      migrationMode({ mode, enabled, hookEnabled });
    assert.deepEqual([by("", false, true), by("", true, false), by("", false, false)], ["hook", "init", "none"]);
    for (const mode of ["hook", "init", "external", "none"] as const) assert.equal(by(mode, false, true), mode);
  });
});
