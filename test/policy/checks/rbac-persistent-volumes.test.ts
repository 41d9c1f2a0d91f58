import { rbacPersistentVolumes } from "../../../policy/checks/rbac-persistent-volumes";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const role = (rule: Json, kind = "Role") => manifest("rbac.authorization.k8s.io/v1", kind, { rules: [rule] });
const rule = (group: string, resources: Json, verbs: Json, rest: JsonObject = {}) => ({
  apiGroups: [group],
  resources,
  verbs,
  ...rest,
});
const must = (got: string) => [`rules[0] must be without create, update, patch on persistentvolumes, got ${got}`];

ruleCases(rbacPersistentVolumes, "rbac-persistent-volumes", [
  ["passes claims", role(rule("", ["persistentvolumeclaims"], ["create"]))],
  ["passes reading volumes", role(rule("", ["persistentvolumes"], ["list"]))],
  [
    "fails creating volumes",
    role(rule("", ["persistentvolumes"], ["create"]), "ClusterRole"),
    must("create on persistentvolumes"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("", ["persistentvolumes"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
