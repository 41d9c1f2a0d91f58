import { strict as assert } from "node:assert";
import { podInCustomKind } from "../../../policy/checks/pod-in-custom-kind";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import { policySettings } from "../../../policy/settings/settings-schema";
import { object } from "../support/objects";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const run = (spec: Json, kind = "BatchRun", version = "stable") => object(`batch.example.com/${version}`, kind, spec);
const template: JsonObject = { metadata: {}, spec: podSpec({ hostNetwork: true }) };
const found = (field: string) =>
  `${field} cannot be evaluated, got containers in a kind whose pods the pack does not know`;
const unknown = UNKNOWN as unknown as Json;

ruleCases(podInCustomKind, "pod-in-custom-kind", [
  [
    "passes the workloads of Kubernetes, and custom kinds whose pods are known",
    [
      deployment(),
      manifest("v1", "Pod", { spec: podSpec() }),
      manifest("batch/v1", "CronJob", { spec: { jobTemplate: { spec: { template } } } }),
      object("argoproj.io/v1alpha1", "Rollout", { template }),
      object("serving.knative.dev/v1", "Service", { template }),
      object("keda.sh/v1alpha1", "ScaledJob", { jobTargetRef: { template } }),
    ],
  ],
  ["tells a pod template in a custom kind", run({ template }), [found("spec.template.spec.containers")]],
  [
    "tells one in a kind that ends in List",
    run({ template }, "BatchRunList"),
    [found("spec.template.spec.containers")],
  ],
  [
    "tells one each of several templates, and of a list's the first",
    run({ head: { template }, workers: [{ template }, { template }] }),
    [found("spec.head.template.spec.containers"), found("spec.workers[0].template.spec.containers")],
  ],
  [
    "tells init and ephemeral containers alone",
    run({
      template: { spec: { initContainers: [container()] } },
      debug: { spec: { ephemeralContainers: [container()] } },
    }),
    [found("spec.template.spec.initContainers"), found("spec.debug.spec.ephemeralContainers")],
  ],
  [
    "tells one outside of spec",
    manifest("batch.example.com/v1", "BatchRun", { template }),
    [found("template.spec.containers")],
  ],
  [
    "tells one in items",
    manifest("batch.example.com/v1", "BatchRunList", { items: [{ spec: { template } }] }),
    [found("items[0].spec.template.spec.containers")],
  ],
  [
    "tells containers that are not known yet",
    run({ template: { spec: { containers: unknown } } }),
    [found("spec.template.spec.containers")],
  ],
  [
    "tells a container that is not known yet",
    run({ template: { spec: { containers: [unknown] } } }),
    [found("spec.template.spec.containers")],
  ],
  [
    "tells an image that is not known yet",
    run({ template: { spec: { containers: [{ name: "a", image: unknown }] } } }),
    [found("spec.template.spec.containers")],
  ],
  [
    "tells what is not known yet, where it may hold a pod",
    [run(unknown), run({ template: { spec: unknown } }), run({ a: [1, unknown], b: unknown })],
    ["spec", "spec.template.spec", "spec.a[1]"].map(
      (field) => `${field} cannot be evaluated, got a value unknown until deployment`,
    ),
  ],
  [
    "passes what is not known yet in kinds of Kubernetes and in kinds whose pods are known",
    [
      manifest("v1", "Service", { spec: unknown }),
      object("gateway.networking.k8s.io/v1", "Gateway", unknown),
      object("argoproj.io/v1alpha1", "Rollout", { template, strategy: unknown }),
      { object: { ...run({}).object, metadata: unknown } },
    ],
  ],
  [
    "tells containers that a controller lays over its own, in a kind that has no template",
    object("monitoring.coreos.com/v1", "Prometheus", { containers: [container()] }),
    [found("spec.containers")],
  ],
  [
    "passes what changes a controller's containers and brings no image",
    object("monitoring.coreos.com/v1", "Prometheus", { containers: [{ name: "prometheus", resources: {} }] }),
  ],
  [
    "passes a CustomResourceDefinition, whose schema has properties of these names",
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
      versions: [{ schema: { openAPIV3Schema: { properties: { containers: [{ image: "text" }] } } } }],
    }),
  ],
  [
    "passes a ConfigMap with a manifest in it",
    manifest("v1", "ConfigMap", { data: { "pod.yaml": "containers: [{ image: a }]" } }),
  ],
  [
    "passes other lists of these names",
    run({ containers: ["a", 1, null, [], { name: "a" }], initContainers: { image: "a" } }),
  ],
  [
    "tells a pod in a kind of a group that Kubernetes has given up, but for the workloads it had, which are evaluated",
    [object("extensions/v1beta1", "Deployment", { template }), object("extensions/v1beta1", "Task", { template })],
    [found("spec.template.spec.containers")],
  ],
]);

const settings = policySettings.parse({
  podKinds: [
    { group: "batch.example.com", kind: "BatchRun", path: "spec.template" },
    { group: "batch.example.com", kind: "BatchRunList", path: "spec.workers.*.template" },
  ],
});
const nothing = (path: string) => `${path} must be a pod template, got nothing, where podKinds says that its pods are`;

ruleCases(
  podInCustomKind,
  "pod-in-custom-kind",
  [
    ["passes a kind of podKinds, of any version", [run({ template }), run({ template }, "BatchRun", "v2")]],
    ["passes a kind of podKinds whose list of templates is empty", run({ workers: [] }, "BatchRunList")],
    ["passes a kind of podKinds that is not known yet", [run(unknown), run({ workers: unknown }, "BatchRunList")]],
    ["tells a path that leads to nothing", run({}), [nothing("spec.template")]],
    [
      "tells a path that leads to no list",
      run({ workers: "no" }, "BatchRunList"),
      [nothing("spec.workers.*.template")],
    ],
    [
      "tells a path that misses the pod, and the pod",
      run({ jobTemplate: { template } }),
      [nothing("spec.template"), found("spec.jobTemplate.template.spec.containers")],
    ],
    [
      "tells a pod beside the one that is known",
      run({ template, sidecar: { template: structuredClone(template) } }),
      [found("spec.sidecar.template.spec.containers")],
    ],
    ["looks for no path in other kinds", run({}, "Other")],
  ],
  { ...prod, settings },
);

describe("pod-in-custom-kind", () => {
  const fix = (spec: Json, context = prod) =>
    podInCustomKind.check([run(spec)], context).map((finding) => messageOf(finding).split("; ")[1]);

  it("names the entry of podKinds that has the pod evaluated, and with it the pod is known", () => {
    assert.deepEqual(fix({ workers: [{ template }] }), [
      "add { group: batch.example.com, kind: BatchRun, path: spec.workers.*.template } to <project>:policy.podKinds, or leave it where the list only changes a pod that its controller makes",
    ]);
    const entry = { group: "batch.example.com", kind: "BatchRun", path: "spec.workers.*.template" };
    const settings = policySettings.parse({ podKinds: [entry] });
    assert.deepEqual(fix({ workers: [{ template }] }, { ...prod, settings }), []);
  });

  it("says so where no entry can name the pod", () => {
    for (const spec of [{ containers: [container()] }, { pod: podSpec() }] as Json[])
      assert.match(String(fix(spec)), /no entry of/);
  });

  it("names the entry to correct", () => {
    assert.deepEqual(fix({}, { ...prod, settings }), [
      "correct the path in <project>:policy.podKinds (group: batch.example.com, kind: BatchRun)",
    ]);
  });

  it("looks at each value once, however deep and wide", () => {
    let deep: Json = { containers: [container()] };
    for (let depth = 0; depth < 5000; depth++) deep = { a: deep, b: [1, {}] };
    const wide = Array.from({ length: 20_000 }, () => ({ template }));
    const start = Date.now();
    const { length } = podInCustomKind.check([run({ deep, wide: wide as Json })], prod);
    assert.equal(length, 2);
    let plain: Json = unknown;
    for (let depth = 0; depth < 20_000; depth++) plain = { a: plain };
    assert.equal(podInCustomKind.check([run(plain)], prod).length, 1);
    assert.ok(Date.now() - start < 5000);
  });
});
