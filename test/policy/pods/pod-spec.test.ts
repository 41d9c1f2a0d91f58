import { strict as assert } from "node:assert";
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

  it("[FL-14] hands on a template that is not an object, for the judge to refuse", () => {
    const [found] = podTemplatesOf({ apiVersion: "apps/v1", kind: "Deployment", spec: { template: "x" } });
    assert.deepEqual(found?.template, { metadata: undefined, spec: "x" });
  });

  it("[FL-14] takes other custom kinds by table", () => {
    const object = { apiVersion: "example.com/v2", kind: "Batch", spec: { run: template } };
    assert.deepEqual(podTemplatesOf(object), []);
    const found = podTemplatesOf(object, [{ group: "example.com", kind: "Batch", path: ["spec", "run"] }]);
    assert.deepEqual(found, [{ path: "spec.run", kind: "PodTemplate", template }]);
  });
});
