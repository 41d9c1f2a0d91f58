import { strict as assert } from "node:assert";
import type { Json, JsonObject } from "../../../policy/contract";
import { objectRules } from "../../../policy/evaluate/catalogue";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import type { ObjectRule } from "../../../policy/rules/rule";
import { object } from "../support/objects";
import { manifest, podSpec, prod } from "../support/pod";
import { rule } from "../support/rbac-cases";
import { type Case, ruleCases } from "../support/rule-cases";

const objectInCustomKind = objectRules.find(({ id }) => id === "object-in-custom-kind") as ObjectRule;

const rbac = "rbac.authorization.k8s.io/v1";
const binding = (role: string): JsonObject => ({
  apiVersion: rbac,
  kind: "ClusterRoleBinding",
  metadata: { name: "evil" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop" }],
});
const wrapped = (manifest: Json) =>
  object("kubernetes.crossplane.io/v1alpha2", "Object", { forProvider: { manifest } });
const breaks = (field: string, what: string) => `${field} must be an object that no rule objects to, got ${what}`;
const evil = "ClusterRoleBinding evil, which breaks rbac-cluster-admin at roleRef.name";
const named = (apiVersion: string, kind: string, rest: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: "evil" },
  ...rest,
});

const told: Case[] = [
  ["a binding in Crossplane's Object", wrapped(binding("cluster-admin")), [breaks("spec.forProvider.manifest", evil)]],
  [
    "one in a ManifestWork, beside one that is fine",
    object("work.open-cluster-management.io/v1", "ManifestWork", {
      workload: { manifests: [binding("web"), binding("cluster-admin")] },
    }),
    [breaks("spec.workload.manifests[1]", evil)],
  ],
  [
    "one in a List inside a custom kind",
    wrapped({ apiVersion: "v1", kind: "List", items: [binding("admin")] }),
    [breaks("spec.forProvider.manifest.items[0]", evil)],
  ],
  [
    "one in a list of its kind, whose items name none",
    wrapped({
      apiVersion: rbac,
      kind: "ClusterRoleBindingList",
      items: [{ metadata: { name: "evil" }, roleRef: { kind: "ClusterRole", name: "admin" } }],
    }),
    [breaks("spec.forProvider.manifest.items[0]", evil)],
  ],
  [
    "one in an object in an object",
    object("apiextensions.crossplane.io/v1", "Composition", {
      resources: [
        {
          base: {
            apiVersion: "kubernetes.crossplane.io/v1alpha2",
            kind: "Object",
            spec: { forProvider: { manifest: binding("cluster-admin") } },
          },
        },
      ],
    }),
    [breaks("spec.resources[0].base.spec.forProvider.manifest", evil)],
  ],
  [
    "one among the values of a chart",
    object("helm.toolkit.fluxcd.io/v2", "HelmRelease", { values: { extraObjects: [binding("cluster-admin")] } }),
    [breaks("spec.values.extraObjects[0]", evil)],
  ],
  [
    "one of a role that nobody knows yet, which cannot be evaluated",
    wrapped(binding(UNKNOWN as never)),
    [`spec.forProvider.manifest cannot be evaluated, got ${evil}`],
  ],
  [
    "a role's rules",
    wrapped(named(rbac, "ClusterRole", { rules: [rule("", ["secrets"], ["list"])] })),
    [breaks("spec.forProvider.manifest", "ClusterRole evil, which breaks rbac-secrets-access at rules[0]")],
  ],
  [
    "rules and references that name no kind",
    object("operators.coreos.com/v1alpha1", "ClusterServiceVersion", {
      permissions: [{ serviceAccountName: "web", rules: [rule("", ["nodes/proxy"], ["get"])] }],
      template: { roleRef: { kind: "ClusterRole", name: "cluster-admin" } },
    }),
    [
      breaks("spec.permissions[0]", "ClusterRole (unnamed), which breaks rbac-node-proxy at rules[0]"),
      breaks("spec.template", "ClusterRoleBinding (unnamed), which breaks rbac-cluster-admin at roleRef.name"),
    ],
  ],
  [
    "volumes of the node",
    wrapped(named("v1", "PersistentVolume", { spec: { hostPath: { path: "/" } } })),
    [breaks("spec.forProvider.manifest", "PersistentVolume evil, which breaks host-access at spec.hostPath.path")],
  ],
  [
    "webhooks, which change others",
    wrapped(
      named("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", {
        webhooks: [{ rules: [{ apiGroups: [""], resources: ["pods"] }] }],
      }),
    ),
    [
      breaks(
        "spec.forProvider.manifest",
        "MutatingWebhookConfiguration evil, which breaks admission-changes-objects at webhooks[0].rules",
      ),
    ],
  ],
  [
    "a namespace without labels, with three complaints and how many more there are",
    wrapped(named("v1", "Namespace")),
    [
      breaks(
        "spec.forProvider.manifest",
        'Namespace evil, which breaks namespace-pod-security at metadata.labels["pod-security.kubernetes.io/enforce"], namespace-pod-security at metadata.labels["pod-security.kubernetes.io/enforce-version"], namespace-pod-security at metadata.labels["pod-security.kubernetes.io/audit"] and 3 more',
      ),
    ],
  ],
  [
    "a credential in a ConfigMap, without its value",
    wrapped(named("v1", "ConfigMap", { data: { "db.password": "Sommer2024" } })),
    [breaks("spec.forProvider.manifest", 'ConfigMap evil, which breaks secret-in-values at data["db.password"]')],
  ],
];

const quiet: Case[] = [
  ["objects no rule has anything against", wrapped(binding("web"))],
  ["references to objects", wrapped({ apiVersion: rbac, kind: "ClusterRole", name: "cluster-admin" })],
  [
    "the selectors of a policy",
    object("policy.karmada.io/v1alpha1", "PropagationPolicy", {
      resourceSelectors: [{ apiVersion: rbac, kind: "ClusterRoleBinding", name: "evil" }],
    }),
  ],
  [
    "patterns of policy engines",
    object("kyverno.io/v1", "ClusterPolicy", { rules: [{ validate: { pattern: { roleRef: { name: "admin" } } } }] }),
  ],
  ["a pod, which is another rule's", wrapped(named("v1", "Pod", { spec: podSpec({ hostPID: true }) }))],
  [
    "definitions, which describe objects",
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", { example: binding("cluster-admin") }),
  ],
  ["Kubernetes' own kinds", manifest("apps/v1", "ControllerRevision", { data: { spec: binding("cluster-admin") } })],
  ["texts", wrapped("kind: ClusterRoleBinding")],
  ["what is not known yet, which is another rule's", wrapped({ apiVersion: "v1", kind: UNKNOWN as never, spec: {} })],
  [
    "the annotations of a custom resource",
    { object: { ...wrapped({}).object, metadata: { name: "web", a: binding("admin") } } },
  ],
];

ruleCases(objectInCustomKind, "object-in-custom-kind", [
  ...told.map(([title, ...rest]): Case => [`tells ${title}`, ...rest]),
  ...quiet.map(([title, ...rest]): Case => [`passes ${title}`, ...rest]),
]);

describe("object-in-custom-kind", () => {
  it("says that it cannot evaluate more than a hundred", () => {
    const found = objectInCustomKind.check([wrapped(Array.from({ length: 101 }, () => binding("web")))], prod);
    assert.deepEqual(
      found.map(({ field, got, outcome }) => [field, got, outcome]),
      [["spec", "more than a hundred objects", "undetermined"]],
    );
  });

  it("looks at each value once, however deep and wide", () => {
    let deep: Json = binding("cluster-admin");
    for (let depth = 0; depth < 20_000; depth++) deep = { a: deep, b: [1, {}] };
    const start = Date.now();
    const wide = Array.from({ length: 20_000 }, () => ({ rules: [{ a: {} }] }));
    assert.equal(objectInCustomKind.check([wrapped({ deep, wide })], prod).length, 1);
    let nested = binding("cluster-admin");
    for (let depth = 0; depth < 500; depth++) nested = named("example.com/v1", "Box", { spec: nested });
    assert.ok(objectInCustomKind.check([wrapped(nested)], prod).length > 0);
    assert.ok(Date.now() - start < 5000);
  });
});
