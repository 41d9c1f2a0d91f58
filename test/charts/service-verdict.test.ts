import { strict as assert } from "node:assert";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { blocking, evaluate } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { readManifests } from "../../policy/render/read-files";
import { useHelm } from "../policy/support/helm";
import { charts, type Rendered } from "./support/helm";
import { image, platform, whole } from "./support/service-values";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const services = {
  orders: { ...whole, autoscaling: { enabled: true, minReplicas: 2 } },
  returns: { image, replicas: 3 },
  mail: { image, kind: "worker", noProbesReason: "it only reads a queue, and nobody sends it traffic" },
  clean: { image, kind: "job" },
  nightly: { image, kind: "job", job: { schedule: "0 3 * * *" } },
};

type Tree = { [key: string]: Tree } & Tree[];
const found = (objects: readonly Rendered[], kind: string, name: string): Tree =>
  objects.find((one) => one.kind === kind && one.metadata.name === name) as unknown as Tree;
const container = (objects: readonly Rendered[], name = "returns"): Tree =>
  found(objects, "Deployment", name).spec?.template?.spec?.containers?.[0] as Tree;
const put = (at: Tree | undefined, key: string, value: unknown): void => {
  assert.ok(at);
  (at as Record<string, unknown>)[key] = value;
};

describe("charts/service: evaluated by the policy pack as in production", () => {
  before(useHelm);

  it("[COS-61] every kind of service passes every rule", async () => {
    const request = {
      chart: join(charts, "service"),
      name: "shop",
      namespace: "shop",
      values: { services } as unknown as JsonObject,
      kubeVersion: "1.36",
    };
    const { verdict } = await evaluateChart(request, context);
    assert.deepEqual(verdict.findings, []);
    assert.equal(verdict.pods, 5);
  });

  type Broken = [title: string, rule: string, where: RegExp, breakIt: (objects: readonly Rendered[]) => void];
  const broken: Broken[] = [
    ...["requests", "limits"].flatMap((room) =>
      ["cpu", "memory"].map(
        (resource): Broken => [
          `[COS-02] ${room}.${resource} alone taken away`,
          "resources",
          new RegExp(`returns.*[.]resources no ${room}\\.${resource}$`),
          (all) => put(container(all).resources?.[room], resource, undefined),
        ],
      ),
    ),
    ...["startupProbe", "readinessProbe", "livenessProbe"].map(
      (probe): Broken => [
        `[COS-04] ${probe} alone taken away`,
        "probes",
        new RegExp(`returns.*[.]${probe} unset$`),
        (all) => put(container(all), probe, undefined),
      ],
    ),
    [
      "[COS-05] a budget that selects others",
      "disruption-budget",
      /returns/,
      (all) =>
        put(found(all, "PodDisruptionBudget", "returns").spec?.selector, "matchLabels", {
          "app.kubernetes.io/name": "other",
        }),
    ],
    [
      "[COS-05] a budget that never allows an eviction",
      "disruption-budget",
      /returns/,
      (all) =>
        put(found(all, "PodDisruptionBudget", "returns"), "spec", {
          minAvailable: 3,
          selector: found(all, "PodDisruptionBudget", "returns").spec?.selector,
        }),
    ],
    [
      "[COS-08] root",
      "run-as-user-numeric",
      /returns/,
      (all) => put(found(all, "Deployment", "returns").spec?.template?.spec?.securityContext, "runAsUser", 0),
    ],
    [
      "[COS-09] no seccomp profile",
      "seccomp-profile-restricted",
      /returns/,
      (all) => {
        put(found(all, "Deployment", "returns").spec?.template?.spec?.securityContext, "seccompProfile", undefined);
        put(container(all).securityContext, "seccompProfile", undefined);
      },
    ],
    [
      "[COS-10] privileges that may grow",
      "allow-privilege-escalation",
      /returns/,
      (all) => put(container(all).securityContext, "allowPrivilegeEscalation", true),
    ],
    [
      "[COS-11] an image by tag",
      "image-digest",
      /returns.*registry\.example\.com\/shop:1\.0/,
      (all) => put(container(all), "image", "registry.example.com/shop:1.0"),
    ],
    [
      "[COS-23] a recommender that acts beside an autoscaler",
      "autoscaler-conflict",
      /orders/,
      (all) => put(found(all, "VerticalPodAutoscaler", "orders").spec?.updatePolicy, "updateMode", "Auto"),
    ],
    [
      "[COS-24] a recommender without bounds",
      "autoscaler-bounds",
      /orders/,
      (all) =>
        put(
          found(all, "VerticalPodAutoscaler", "orders").spec?.resourcePolicy?.containerPolicies?.[0],
          "maxAllowed",
          undefined,
        ),
    ],
    [
      "[COS-26] an autoscaler down to zero",
      "autoscaler-bounds",
      /orders.*minReplicas/,
      (all) => put(found(all, "HorizontalPodAutoscaler", "orders").spec, "minReplicas", 0),
    ],
  ];
  for (const [title, rule, where, breakIt] of broken)
    it(`${title} is a violation that names the object and the field`, async () => {
      const objects = structuredClone(await platform(services));
      breakIt(objects);
      const text = objects.map((one) => `---\n${dump(JSON.parse(JSON.stringify(one)))}`).join("");
      const verdict = evaluate((await readManifests(text)).manifests, {
        ...context,
        namespace: "shop",
        kubeVersion: "1.36",
      });
      const stopping = blocking(verdict, "prod");
      assert.ok(
        stopping.some((one) => one.rule === rule),
        JSON.stringify(stopping),
      );
      const words = stopping.map(({ object, containers, field, got }) =>
        [object.name, ...containers, field, got].join(" "),
      );
      assert.ok(
        words.some((line) => where.test(line)),
        words.join("\n"),
      );
    });
});
