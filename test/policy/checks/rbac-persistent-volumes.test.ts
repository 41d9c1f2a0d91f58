import { rbacPersistentVolumes } from "../../../policy/checks/rbac-persistent-volumes";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [`rules[0] must be without create, update, patch on persistentvolumes, got ${got}`];

ruleCases(rbacPersistentVolumes, "rbac-persistent-volumes", [
  ["passes claims", role(rule("", ["persistentvolumeclaims"], ["create"]))],
  ["passes reading volumes", role(rule("", ["persistentvolumes"], ["list"]))],
  [
    "fails creating volumes",
    role(rule("", ["persistentvolumes"], ["create"]), "ClusterRole"),
    must("create on persistentvolumes"),
  ],
  ...rolesInCommon("", "persistentvolumes"),
]);
