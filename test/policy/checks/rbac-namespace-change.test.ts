import { rbacNamespaceChange } from "../../../policy/checks/rbac-namespace-change";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch on namespaces, namespaces/status, namespaces/finalize, got ${got}`,
];

ruleCases(rbacNamespaceChange, "rbac-namespace-change", [
  ["passes reading and deleting", role(rule("", ["namespaces"], ["get", "list", "watch", "delete"]), "ClusterRole")],
  ["passes changing what is in them", role(rule("", ["configmaps", "namespaces/other"], ["patch"]))],
  ["fails new labels", role(rule("", ["namespaces"], ["get", "patch"]), "ClusterRole"), must("patch on namespaces")],
  [
    "fails them in the one a Role is in",
    role(rule("", ["namespaces"], ["update"], { resourceNames: ["shop"] })),
    must("update on namespaces"),
  ],
  [
    "fails them with the status",
    role(rule("", ["*/status"], ["patch"]), "ClusterRole"),
    must("patch on namespaces/status"),
  ],
  [
    "fails them with finalize, which every resource stands for",
    role(rule("", ["*"], ["update"]), "ClusterRole"),
    must("update on namespaces, namespaces/status, namespaces/finalize"),
  ],
  ...rolesInCommon("", "namespaces"),
]);
