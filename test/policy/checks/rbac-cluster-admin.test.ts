import { rbacClusterAdmin } from "../../../policy/checks/rbac-cluster-admin";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

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
  ["passes what is no binding", manifest("v1", "ConfigMap", { roleRef: { name: "cluster-admin" } })],
  [
    "cannot judge an unknown role",
    binding(UNKNOWN),
    ["roleRef.name cannot be judged, got a value unknown until deployment"],
  ],
]);
