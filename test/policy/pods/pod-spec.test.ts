import { strict as assert } from "node:assert";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { podTemplatesOf } from "../../../policy/pods/pod-spec";

const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "a" }] } };
const at = (path: string, value: object = template): object =>
  path === "" ? value : path.split(".").reduceRight<object>((inner, key) => ({ [key]: inner }), value);

/** Every kind that holds pods, with the place of its template. */
const kinds: readonly [apiVersion: string, kind: string, path: string][] = [
  ["v1", "Pod", ""],
  ["v1", "PodTemplate", "template"],
  ["v1", "ReplicationController", "spec.template"],
  ["apps/v1", "ReplicaSet", "spec.template"],
  ["apps/v1", "Deployment", "spec.template"],
  ["apps/v1beta1", "StatefulSet", "spec.template"],
  ["apps/v1", "DaemonSet", "spec.template"],
  ["batch/v1", "Job", "spec.template"],
  ["batch/v1beta1", "CronJob", "spec.jobTemplate.spec.template"],
  ["extensions/v1beta1", "DaemonSet", "spec.template"],
  ["extensions/v1beta1", "Deployment", "spec.template"],
  ["extensions/v1beta1", "ReplicaSet", "spec.template"],
  ["argoproj.io/v1alpha1", "Rollout", "spec.template"],
  ["serving.knative.dev/v1", "Service", "spec.template"],
  ["serving.knative.dev/v1", "Configuration", "spec.template"],
  ["keda.sh/v1alpha1", "ScaledJob", "spec.jobTargetRef.template"],
];

describe("pod-spec", () => {
  for (const [apiVersion, kind, path] of kinds) {
    it(`[FL-14] finds the pod of a ${apiVersion} ${kind}`, () => {
      const expected = { path, kind: kind === "Pod" ? "Pod" : "PodTemplate", template };
      assert.deepEqual(podTemplatesOf({ apiVersion, kind, ...at(path) }), [expected]);
    });
  }

  it("[FL-14] finds none where there is none", () => {
    const none: unknown[] = [
      ...[null, undefined, 1, "x", [], {}, { kind: "Pod" }, { apiVersion: "v1" }, { apiVersion: 1, kind: "Pod" }],
      { apiVersion: "v1", kind: "Service", spec: { template } },
      { apiVersion: "example.com/v1", kind: "Deployment", spec: { template } },
      { apiVersion: "v1", kind: "ReplicationController", spec: {} },
      { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", spec: { workloadRef: {} } },
      { apiVersion: "batch/v1", kind: "CronJob", spec: { jobTemplate: [] } },
    ];
    for (const object of none) assert.deepEqual(podTemplatesOf(object), []);
  });

  it("[FL-14] hands on a template that is not an object, for the evaluation to refuse", () => {
    const [found] = podTemplatesOf({ apiVersion: "apps/v1", kind: "Deployment", spec: { template: "x" } });
    assert.deepEqual(found?.template, { metadata: undefined, spec: "x" });
  });

  const batch = (path: string) => [{ group: "example.com", kind: "Batch", path }];

  it("[FL-14] takes custom kinds of a project by their paths", () => {
    const object = { apiVersion: "example.com/v2", kind: "Batch", spec: { run: template } };
    assert.deepEqual(podTemplatesOf(object), []);
    const found = podTemplatesOf(object, batch("spec.run"));
    assert.deepEqual(found, [{ path: "spec.run", kind: "PodTemplate", template }]);
    assert.deepEqual(podTemplatesOf({ ...object, apiVersion: "other.com/v2" }, batch("spec.run")), []);
  });

  it("[FL-14] finds several templates of one object: by several paths, in lists and in maps", () => {
    const workers = [{ template }, {}, { template: null }, 7, { template: "x" }];
    const object = {
      apiVersion: "example.com/v1",
      kind: "Batch",
      spec: { head: template, workers, roles: { a: { template }, b: template } },
    };
    const paths = (...more: string[]) => podTemplatesOf(object, more.flatMap(batch)).map(({ path }) => path);
    assert.deepEqual(paths("spec.head", "spec.workers.*.template"), [
      "spec.head",
      "spec.workers[0].template",
      "spec.workers[4].template",
    ]);
    assert.deepEqual(paths("spec.roles.*.template"), ["spec.roles.a.template"]);
    assert.deepEqual(paths("spec.roles.*"), ["spec.roles.a", "spec.roles.b"]);
    assert.deepEqual(paths("spec.*.x", "spec.head.spec.containers.0", "constructor", "spec.__proto__"), []);
  });

  it("[FL-14] keeps what is unknown above a template as one that nobody can evaluate", () => {
    for (const [spec, path] of [
      [UNKNOWN, "spec.workers.*.template"],
      [{ workers: UNKNOWN }, "spec.workers.*.template"],
      [{ workers: [UNKNOWN] }, "spec.workers[0].template"],
    ] as const)
      assert.deepEqual(
        podTemplatesOf({ apiVersion: "example.com/v1", kind: "Batch", spec }, batch("spec.workers.*.template")),
        [{ path, kind: "PodTemplate", template: { metadata: undefined, spec: UNKNOWN } }],
      );
  });

  it("[FL-14] lets a project say where a custom kind known here keeps its pods, not where one of Kubernetes does", () => {
    const of = (apiVersion: string, kind: string, path: string) =>
      podTemplatesOf({ apiVersion, kind, spec: { template, other: template } }, [
        { group: apiVersion.split("/")[0] ?? "", kind, path },
      ]).map((found) => found.path);
    assert.deepEqual(of("argoproj.io/v1alpha1", "Rollout", "spec.other"), ["spec.other"]);
    assert.deepEqual(of("argoproj.io/v1alpha1", "Rollout", "spec.none"), ["spec.template"]);
    assert.deepEqual(of("apps/v1", "Deployment", "spec.other"), ["spec.template"]);
  });
});
