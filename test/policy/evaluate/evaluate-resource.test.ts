import { strict as assert } from "node:assert";
import type { JsonObject } from "../../../policy/contract";
import { evaluateResource } from "../../../policy/evaluate/evaluate-resource";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { settings } from "../support/ask";
import { labels, podSpec } from "../support/pod";

const bad = { metadata: { name: "a", namespace: "shop", labels }, spec: podSpec({ hostIPC: true }) };
const pod = { apiVersion: "v1", kind: "Pod", ...bad };
const run = {
  apiVersion: "example.com/stable",
  kind: "BatchRun",
  metadata: { name: "a", namespace: "shop", labels },
  spec: { template: { metadata: { labels }, spec: podSpec({ hostIPC: true }) } },
};
const podKinds = ["BatchRun", "BatchRunList", "BatchPatch"].map((kind) => ({
  group: "example.com",
  kind,
  path: "spec.template",
}));

async function evaluated(type: string, inputs: unknown) {
  const config = settings();
  const policy = { exemptions: [], ...config.settings, podKinds } as NonNullable<typeof config.settings>;
  const part = await evaluateResource(type, inputs as JsonObject, { ...config, settings: policy });
  const { verdict, incomplete = false } = part;
  return {
    rules: verdict.findings.map(({ rule, object }) => `${rule} ${object.kind}`),
    pods: verdict.pods,
    incomplete,
  };
}

describe("objects of a program", () => {
  const cases: [string, string, unknown][] = [
    ["a custom kind with a version of its own", "kubernetes:example.com/stable:BatchRun", run],
    ["a custom kind by the generic type", "kubernetes:apiextensions.k8s.io:CustomResource", run],
    ["a custom kind that ends in List", "kubernetes:example.com/stable:BatchRunList", { ...run, kind: "BatchRunList" }],
    [
      "a custom kind that ends in List and has items",
      "kubernetes:example.com/stable:BatchRunList",
      { ...run, kind: "BatchRunList", items: [{ a: 1 }] },
    ],
    ["a custom kind that ends in Patch", "kubernetes:example.com/stable:BatchPatch", { ...run, kind: "BatchPatch" }],
    ["a pod under the type of a ConfigMap", "kubernetes:core/v1:ConfigMap", pod],
    ["a pod by its bare version", "kubernetes:v1:Pod", pod],
    ["items of a typed list, which name no kind", "kubernetes:core/v1:PodList", { items: [bad] }],
    [
      "items of a List in a List",
      "kubernetes:v1:List",
      { apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "List", items: [pod] }] },
    ],
  ];
  for (const [title, type, inputs] of cases) {
    it(`are evaluated: ${title}`, async () => {
      const { rules, pods, incomplete } = await evaluated(type, inputs);
      assert.deepEqual([rules[0]?.split(" ")[0], pods, incomplete], ["host-namespaces", 1, false], String(rules));
    });
  }

  it("are evaluated beside a custom list that holds them", async () => {
    const list = { ...run, kind: "BatchRunList", items: [pod] };
    const { rules, pods } = await evaluated("kubernetes:example.com/stable:BatchRunList", list);
    assert.deepEqual(rules, ["host-namespaces BatchRunList", "pod-in-custom-kind BatchRunList", "host-namespaces Pod"]);
    assert.equal(pods, 2);
  });

  it("are refused where an item is unknown, and the others are evaluated all the same", async () => {
    for (const items of [
      [UNKNOWN, bad],
      [{ ...bad, kind: UNKNOWN }, bad],
    ]) {
      const { rules, pods, incomplete } = await evaluated("kubernetes:core/v1:PodList", { items });
      assert.deepEqual(rules, ["release-renders PodList", "host-namespaces Pod"]);
      assert.deepEqual([pods, incomplete], [1, true]);
    }
    assert.deepEqual((await evaluated("kubernetes:core/v1:PodList", { items: UNKNOWN })).rules, [
      "release-renders PodList",
    ]);
  });

  it("are refused where nobody knows what they are", async () => {
    const cases: [string, unknown, string][] = [
      ["kubernetes:core/v1:Pod", { ...pod, kind: UNKNOWN }, "release-renders Pod"],
      ["kubernetes:index/pod:Pod", bad, "release-renders Pod"],
      ["kubernetes:shop:Platform", {}, "release-renders Platform"],
      ["kubernetes:example.com/stable:BatchRun", { ...run, apiVersion: UNKNOWN }, "release-renders BatchRun"],
    ];
    for (const [type, inputs, said] of cases) {
      const { rules, incomplete } = await evaluated(type, inputs);
      assert.deepEqual([rules, incomplete], [[said], true], type);
    }
  });

  it("are refused as patches of a custom kind's pods", async () => {
    for (const type of [
      "kubernetes:example.com/stable:BatchRunPatch",
      "kubernetes:apiextensions.k8s.io:CustomResourcePatch",
    ])
      assert.deepEqual((await evaluated(type, run)).rules, ["release-renders BatchRun"], type);
  });
});
