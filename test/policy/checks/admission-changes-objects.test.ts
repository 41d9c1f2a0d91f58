import { admissionChangesObjects } from "../../../policy/checks/admission-changes-objects";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment, manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const api = "admissionregistration.k8s.io/v1";
const pods = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["CREATE"],
  resources: ["pods", "pods/ephemeralcontainers"],
};
const workloads = { apiGroups: ["apps", "batch"], resources: ["*"] };
const webhook = (...rules: unknown[]) =>
  manifest(api, "MutatingWebhookConfiguration", {
    webhooks: [{ name: "a.example" }, { name: "b.example", rules: rules as Json[] }],
  });
const says = (field: string, reaches: string) => [
  `${field} must be without changes to objects that were evaluated before, got changes to ${reaches}`,
];
const unsure = (field: string) => [`${field} cannot be evaluated, got changes to (a value unknown until deployment)`];
const kyverno = (rule: JsonObject, kind = "ClusterPolicy") =>
  manifest("kyverno.io/v1", kind, { spec: { rules: [{ name: "first" }, rule] } });
const definition = (conversion: unknown) =>
  object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
    group: "example.com",
    names: { plural: "foos" },
    ...(conversion !== undefined && { conversion: conversion as Json }),
  });
const match = { any: [{ resources: { kinds: ["Pod", "apps/v1/Deployment"] } }] };
const constraints = (rules: Json) => ({ spec: { matchConstraints: { resourceRules: rules } } });

ruleCases(admissionChangesObjects, "admission-changes-objects", [
  ["passes a workload", deployment()],
  ["passes what only validates", manifest(api, "ValidatingWebhookConfiguration", { webhooks: [{ rules: [pods] }] })],
  [
    "passes webhooks without rules, which nothing calls",
    manifest(api, "MutatingWebhookConfiguration", { webhooks: [{}] }),
  ],
  [
    "passes a kind of that name of another group",
    manifest("example.com/v1", "MutatingWebhookConfiguration", { webhooks: [{ rules: [pods] }] }),
  ],
  ["tells what a webhook reaches", webhook(pods), says("webhooks[1].rules", "pods, pods/ephemeralcontainers")],
  [
    "tells groups, and every one of a wildcard",
    webhook(workloads, { apiGroups: ["*"], resources: ["*/*"] }),
    says("webhooks[1].rules", "*.apps, *.batch, */* of every group"),
  ],
  ["tells one that nobody knows yet", webhook(UNKNOWN), unsure("webhooks[1].rules")],
  [
    "tells a policy of the API server",
    manifest(`${api}beta1`, "MutatingAdmissionPolicy", constraints([pods])),
    says("spec.matchConstraints.resourceRules", "pods, pods/ephemeralcontainers"),
  ],
  [
    "tells its binding",
    manifest(`${api}beta1`, "MutatingAdmissionPolicyBinding", { spec: { policyName: "sidecars" } }),
    says("spec.policyName", "what MutatingAdmissionPolicy sidecars matches"),
  ],
  [
    "tells a binding for fewer",
    manifest(`${api}beta1`, "MutatingAdmissionPolicyBinding", {
      spec: { matchResources: { resourceRules: [workloads] } },
    }),
    says("spec.policyName", "*.apps, *.batch"),
  ],
  ["passes Kyverno's rules that validate", kyverno({ match, validate: {} })],
  [
    "tells Kyverno's rules that change",
    kyverno({ match, mutate: {} }),
    says("spec.rules[1].mutate", "Pod, apps/v1/Deployment"),
  ],
  [
    "tells rules that change others than they match",
    kyverno({ match, mutate: { targets: [{ kind: "Secret" }] } }, "Policy"),
    says("spec.rules[1].mutate", "Secret"),
  ],
  [
    "tells rules that make objects",
    kyverno({ match, generate: { kind: "RoleBinding" } }),
    says("spec.rules[1].generate", "RoleBinding"),
  ],
  [
    "tells rules that write digests into images",
    kyverno({ match: { resources: { kinds: ["Pod"] } }, verifyImages: [{}] }),
    says("spec.rules[1].verifyImages", "the images of Pod"),
  ],
  ["passes rules that do not", kyverno({ match, verifyImages: [{ mutateDigest: false }] })],
  [
    "tells Kyverno's newer kinds",
    manifest("policies.kyverno.io/v1alpha1", "MutatingPolicy", constraints([workloads])),
    says("spec.matchConstraints.resourceRules", "*.apps, *.batch"),
  ],
  [
    "tells Gatekeeper's field",
    manifest("mutations.gatekeeper.sh/v1", "Assign", {
      spec: { applyTo: [{ groups: [""], kinds: ["Pod"] }], location: "spec.containers[name: *].securityContext" },
    }),
    says("spec.location", "spec.containers[name: *].securityContext of Pod"),
  ],
  [
    "tells Gatekeeper's labels",
    manifest("mutations.gatekeeper.sh/v1", "AssignMetadata", {
      spec: { match: { kinds: [{ kinds: ["Namespace"] }] }, location: "metadata.labels.owner" },
    }),
    says("spec.location", "metadata.labels.owner of Namespace"),
  ],
  [
    "tells Kubewarden's policies that change, and passes the others",
    [true, false].map((mutating) =>
      manifest("policies.kubewarden.io/v1", "ClusterAdmissionPolicy", { spec: { mutating, rules: [pods] } }),
    ),
    says("spec.mutating", "pods, pods/ephemeralcontainers"),
  ],
  [
    "tells OpenKruise's sidecars",
    manifest("apps.kruise.io/v1alpha1", "SidecarSet", { spec: { containers: [{ name: "log" }] } }),
    says("spec.containers", "the containers of pods"),
  ],
  [
    "tells Karmada's overrides of what they select, and of everything",
    [
      object("policy.karmada.io/v1alpha1", "OverridePolicy", {
        resourceSelectors: [{ apiVersion: "apps/v1", kind: "Deployment" }],
        overrideRules: [{ overriders: { plaintext: [{ path: "/spec/template/spec/hostPID" }] } }],
      }),
      object("policy.karmada.io/v1alpha1", "ClusterOverridePolicy", { overrideRules: [{ overriders: {} }] }),
    ],
    [...says("spec.overrideRules", "Deployment"), ...says("spec.overrideRules", "whatever it is sent")],
  ],
  [
    "tells Karmada's interpreters",
    object("config.karmada.io/v1alpha1", "ResourceInterpreterCustomization", { target: { kind: "Deployment" } }),
    says("spec.customizations", "Deployment"),
  ],
  [
    "tells Metacontroller's decorators",
    object("metacontroller.k8s.io/v1alpha1", "DecoratorController", { resources: [{ resource: "pods" }] }),
    says("spec.resources", "pods"),
  ],
  [
    "tells jsPolicy's policies that change, and passes the others",
    ["Mutating", "Validating"].map((type) =>
      object("policy.jspolicy.com/v1beta1", "JsPolicy", { type, resources: ["pods"] }),
    ),
    says("spec.type", "pods"),
  ],
  [
    "tells a webhook that converts the objects of a definition",
    definition({ strategy: "Webhook", webhook: {} }),
    says("spec.conversion", "foos.example.com"),
  ],
  ["passes definitions without one", [definition({ strategy: "None" }), definition(undefined)]],
  ["cannot evaluate a conversion nobody knows yet", definition(UNKNOWN), unsure("spec.conversion")],
  [
    "cannot evaluate a rule that nobody knows yet",
    manifest("kyverno.io/v1", "Policy", { spec: { rules: [UNKNOWN as never] } }),
    unsure("spec.rules[0]"),
  ],
]);
