import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { type Exemption, policySettings } from "../../policy/settings/settings-schema";
import { mergeAll } from "../../systems/floe/generator/merge";
import { isMap, type Values } from "../../systems/floe/generator/tree";
import { digest, type Environment, environments, granted, overlay, tree } from "./support/floe";
import { charts } from "./support/helm";

/** Values in which every image has a digest, as a stack gives them. */
const pinned = (values: Values): Values => {
  const inside = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inside) : isMap(value) ? pinned(value) : value;
  const all = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, inside(value)]));
  return "repository" in all ? { ...all, digest } : all;
};

/** What the policy pack finds, what it lets pass by an exemption, and in how many pods it looked. */
async function found(environment: Environment, exemptions: readonly Exemption[], values: Values = {}) {
  const all = mergeAll([pinned(tree("floe-platform/values.yaml")), overlay(environment), values]);
  const request = {
    chart: join(charts, "floe-platform"),
    name: "floe",
    namespace: `floe-${environment}`,
    // production is refused without the CloudNativePG operator; elsewhere the pack evaluates both answers of a cluster
    ...(environment === "prod" && { apiVersions: ["postgresql.cnpg.io/v1"] }),
  };
  const profile = environment === "test" ? "dev" : environment;
  const settings = policySettings.parse({ exemptions });
  const context = {
    profile,
    podSecurity: { level: "restricted", version: "latest" },
    settings,
    now: new Date(),
  } as const;
  const { verdict } = await evaluateChart({ ...request, values: all as JsonObject, kubeVersion: "1.36" }, context);
  const named = (findings: readonly { rule: string; object: { name: string } }[]) =>
    findings.map(({ rule, object }) => `${rule} ${object.name.replace("floe-floe-platform-", "")}`).sort();
  const exempted = (verdict.exempted ?? []).map(({ finding }) => finding);
  return { rules: named(verdict.findings), exempted: named(exempted), pods: verdict.pods };
}

/** The one right that Dagster cannot do without. */
const inherent = ["rbac-workload-creation run"];

describe("charts/floe-platform: in every environment", () => {
  for (const environment of environments)
    it(`[FL-14] ${environment}: with digests the policy pack finds nothing but that Dagster makes Jobs, which a stack grants`, async () => {
      // staging: with the StatefulSet, which is its database where the operator is not there
      const pods = { dev: 9, test: 9, staging: 8, prod: 7 }[environment];
      assert.deepEqual(await found(environment, granted), { rules: [], exempted: inherent, pods });
      assert.deepEqual(await found(environment, []), { rules: inherent, exempted: [], pods });
    });

  const taken: [what: string, values: Values, rules: string[]][] = [
    ["the digest", { otel: { image: { digest: "" } } }, ["image-digest otel"]],
    [
      "a Service of Dagster's that stays inside",
      { dagster: { dagsterWebserver: { service: { type: "NodePort" } } } },
      ["service-type webserver"],
    ],
    ["the second pod", { otel: { autoscaling: { min: 1 } } }, ["autoscaler-bounds otel"]],
  ];
  for (const [what, values, rules] of taken)
    it(`[FL-121] prod without ${what}: the pack says so`, async () =>
      assert.deepEqual((await found("prod", granted, values)).rules, rules));
});
