import { rbacNodeChange } from "../../../policy/checks/rbac-node-change";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch on nodes, nodes/status and create on bindings, pods/binding, got ${got}`,
];

ruleCases(rbacNodeChange, "rbac-node-change", [
  [
    "passes reading nodes and their metrics",
    role(rule("", ["nodes", "nodes/metrics"], ["get", "list"]), "ClusterRole"),
  ],
  ["passes nodes of another group", role(rule("metrics.k8s.io", ["nodes"], ["*"]), "ClusterRole")],
  ["fails labels and taints", role(rule("", ["nodes"], ["patch"]), "ClusterRole"), must("patch on nodes")],
  ["fails the address", role(rule("", ["nodes/status"], ["update"]), "ClusterRole"), must("update on nodes/status")],
  ["fails what the scheduler says", role(rule("", ["pods/binding"], ["create"])), must("create on pods/binding")],
  ["passes role bindings", role(rule("rbac.authorization.k8s.io", ["bindings", "rolebindings"], ["create"]))],
  ...rolesInCommon("", "nodes"),
]);
