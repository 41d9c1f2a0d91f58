import { rbacClusterAdmin } from "../../../policy/checks/rbac-cluster-admin";
import type { Json } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const label = (to: string) => `rbac.authorization.k8s.io/aggregate-to-${to}`;
const collecting = (selector: unknown, kind = "ClusterRole") =>
  manifest("rbac.authorization.k8s.io/v1", kind, { aggregationRule: { clusterRoleSelectors: [selector as Json] } });
const selected = (...names: string[]) => [
  `aggregationRule.clusterRoleSelectors[0] must be for roles of its own, got one that selects ${names.join(", ")}`,
];

const binding = (name: unknown, kind = "ClusterRoleBinding") =>
  manifest("rbac.authorization.k8s.io/v1", kind, { roleRef: { kind: "ClusterRole", name: name as string } });

ruleCases(rbacClusterAdmin, "rbac-cluster-admin", [
  ["passes a role of its own", binding("web")],
  ["fails cluster-admin", binding("cluster-admin"), ['roleRef.name must be a role of its own, got "cluster-admin"']],
  [
    "fails it inside one namespace",
    binding("cluster-admin", "RoleBinding"),
    ['roleRef.name must be a role of its own, got "cluster-admin"'],
  ],
  ["passes view, which reads no Secret", binding("view", "RoleBinding")],
  ["fails edit in every namespace", binding("edit"), ['roleRef.name must be a role of its own, got "edit"']],
  ["fails admin in one", binding("admin", "RoleBinding"), ['roleRef.name must be a role of its own, got "admin"']],
  [
    "fails the role that writes any rule into any role",
    binding("system:controller:clusterrole-aggregation-controller"),
    ['roleRef.name must be a role of its own, got "system:controller:clusterrole-aggregation-controller"'],
  ],
  [
    "passes a Role of the namespace that is called admin",
    manifest("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { kind: "Role", name: "admin" } }),
  ],
  [
    "fails a role of the control plane",
    binding("system:controller:namespace-controller"),
    ['roleRef.name must be a role of its own, got "system:controller:namespace-controller"'],
  ],
  ...[
    "system:persistent-volume-provisioner",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    "system:certificates.k8s.io:kube-apiserver-client-approver",
    "system:kube-scheduler",
    "system:node-bootstrapper",
    "system:aggregate-to-admin",
  ].map((name): Case => [`fails ${name}`, binding(name), [`roleRef.name must be a role of its own, got "${name}"`]]),
  [
    "passes what everyone may read",
    ["system:discovery", "system:monitoring", "system:kube-dns"].map((name) => binding(name)),
  ],
  ["passes asking whether others may", binding("system:auth-delegator")],
  ["passes what is no binding", manifest("v1", "ConfigMap", { roleRef: { name: "cluster-admin" } })],
  [
    "cannot evaluate an unknown role",
    binding(UNKNOWN),
    ["roleRef.name cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "fails a role that aggregates what edit does",
    collecting({ matchLabels: { [label("edit")]: "true" } }),
    selected("system:aggregate-to-edit"),
  ],
  [
    "fails one that aggregates what admin does, by an expression",
    collecting({ matchExpressions: [{ key: label("admin"), operator: "In", values: ["true"] }] }),
    selected("edit", "system:aggregate-to-admin"),
  ],
  [
    "fails one that aggregates every role",
    collecting({}),
    selected(
      "cluster-admin",
      "admin",
      "edit",
      "system:aggregate-to-edit",
      "system:certificates.k8s.io:certificatesigningrequests:nodeclient and 14 more",
    ),
  ],
  ["passes one that aggregates what view does", collecting({ matchLabels: { [label("view")]: "true" } })],
  ["passes one that aggregates roles of its own", collecting({ matchLabels: { "example.com/part": "true" } })],
  ["passes a label with another value", collecting({ matchLabels: { [label("edit")]: "false" } })],
  ["passes a Role, which aggregates nothing", collecting({}, "Role")],
  [
    "cannot evaluate an unknown selector",
    collecting(UNKNOWN),
    ["aggregationRule.clusterRoleSelectors[0] cannot be evaluated, got a value unknown until deployment"],
  ],
]);
