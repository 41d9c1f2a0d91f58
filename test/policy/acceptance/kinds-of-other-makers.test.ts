import { strict as assert } from "node:assert";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { defaultServiceAccount } from "../../../policy/remedies/default-service-account";
import { policySettings } from "../../../policy/settings/settings-schema";
import { component, hpa, object, workload } from "../support/objects";
import { prod } from "../support/pod";

const kinds = [{ group: "batch.example.com", kind: "Job", path: "spec.template" }];
const context = { ...prod, settings: policySettings.parse({ defaultDeny: ["apps"], podKinds: kinds }) };
const found = (rule: string, ...objects: Manifest[]): string[] =>
  evaluate(objects, context)
    .findings.filter((one) => one.rule === rule)
    .map((one) => one.field);

/** An object of a kind that Kubernetes or a known controller has, in its own group or in another maker's. */
const of = (apiVersion: string, kind: string, rest: JsonObject): Manifest => ({
  object: { apiVersion, kind, metadata: { name: "default" }, ...rest },
});

/** A rule that has something against a kind: it has nothing against the same kind of another maker. */
const cases: readonly [rule: string, apiVersion: string, kind: string, rest: JsonObject][] = [
  ["default-service-account", "v1", "ServiceAccount", {}],
  ["autoscaler-bounds", "autoscaling.k8s.io/v1", "VerticalPodAutoscaler", { spec: {} }],
  ["autoscaler-bounds", "keda.sh/v1alpha1", "ScaledObject", { spec: { idleReplicaCount: 0 } }],
  ["autoscaler-bounds", "autoscaling/v2", "HorizontalPodAutoscaler", { spec: {} }],
  ["service-type", "v1", "Service", { spec: { type: "NodePort" } }],
  ["ingress-tls", "networking.k8s.io/v1", "Ingress", { spec: { defaultBackend: {} } }],
  ["ingress-tls", "gateway.networking.k8s.io/v1", "Gateway", { spec: { listeners: [{ protocol: "HTTP" }] } }],
  ["host-access", "storage.k8s.io/v1", "StorageClass", { provisioner: "hostpath.csi.k8s.io" }],
  ["host-access", "v1", "PersistentVolume", { spec: { hostPath: { path: "/" } } }],
  ["job-bounds", "batch/v1", "Job", { spec: {} }],
  ["namespace-pod-security", "v1", "Namespace", {}],
  ["secret-in-values", "v1", "ConfigMap", { data: { password: "hunter2" } }],
  ["disruption-budget", "policy/v1", "PodDisruptionBudget", { spec: { maxUnavailable: 0 } }],
];

describe("kinds of other makers", () => {
  for (const [rule, apiVersion, kind, rest] of cases)
    it(`${rule}: ${kind} of ${apiVersion} alone`, () => {
      assert.notDeepEqual(found(rule, of(apiVersion, kind, rest)), []);
      assert.deepEqual(found(rule, of("example.com/v1", kind, rest)), []);
    });

  it("a Secret of another maker is read for credentials in its annotations", () => {
    const metadata = { name: "web", annotations: { "example.com/password": "hunter2" } };
    assert.deepEqual(found("secret-in-values", of("v1", "Secret", { metadata })), []);
    assert.equal(found("secret-in-values", of("example.com/v1", "Secret", { metadata })).length, 1);
  });

  it("a definition of another maker is asked for labels", () => {
    assert.deepEqual(found("recommended-labels", of("apiextensions.k8s.io/v1", "CustomResourceDefinition", {})), []);
    assert.equal(found("recommended-labels", of("example.com/v1", "CustomResourceDefinition", {})).length, 1);
  });

  it("a Job of another maker runs until it ends: its pods are asked for probes, and have no label of a Job's", () => {
    const template = { spec: { containers: [{ name: "web", image: "registry.example/web" }] } };
    const job = of("batch.example.com/v1", "Job", { spec: { template } });
    assert.equal(found("probes", job).length, 3);
    const policy = object("networking.k8s.io/v1", "NetworkPolicy", {
      podSelector: { matchLabels: { "job-name": "default" } },
      policyTypes: ["Ingress", "Egress"],
    });
    const open = { ...context, settings: policySettings.parse({ podKinds: kinds }) };
    const openJobs = (one: Manifest) =>
      evaluate([one, policy], open).findings.filter(({ rule }) => rule === "default-deny-present").length;
    assert.equal(openJobs(of("batch/v1", "Job", { spec: { template } })), 0);
    assert.equal(openJobs(job), 1);
  });

  it("an autoscaler of another maker changes no number of pods", () => {
    const scaler = hpa("api", { minReplicas: 1, maxReplicas: 4 });
    const foreign = { object: { ...scaler.object, apiVersion: "example.com/v1" } };
    assert.deepEqual(found("disruption-budget", workload("api", { replicas: 2 }), scaler), []);
    assert.deepEqual(found("disruption-budget", workload("api", { replicas: 2 }), foreign), ["spec.replicas"]);
  });

  it("no remedy changes a ServiceAccount of another maker", () => {
    assert.equal(defaultServiceAccount.edits(of("v1", "ServiceAccount", {}).object).length, 1);
    assert.deepEqual(defaultServiceAccount.edits(of("example.com/v1", "ServiceAccount", {}).object), []);
  });

  it("a budget of another maker that selects nothing is not ours to complain of", () => {
    const budget = (apiVersion: string) =>
      object(apiVersion, "PodDisruptionBudget", { selector: { matchLabels: component("gone") }, maxUnavailable: 1 });
    const rule = "disruption-budget-selects-nothing";
    assert.deepEqual(found(rule, budget("policy/v1"), workload("api")), ["spec.selector"]);
    assert.deepEqual(found(rule, budget("example.com/v1"), workload("api")), []);
  });
});
