import { rbacSecretsAccess } from "../../../policy/checks/rbac-secrets-access";
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
const must = (got: string) => [`rules[0] must be without get, list, watch on secrets, got ${got}`];

ruleCases(rbacSecretsAccess, "rbac-secrets-access", [
  ["[FL-53] passes named Secrets", role(rule("", ["secrets"], ["get"], { resourceNames: ["web"] }))],
  ["passes writing, which is another matter", role(rule("", ["secrets"], ["create"]))],
  ["passes secrets of another group", role(rule("example.com", ["secrets"], ["list"]))],
  [
    "[FL-53] fails listing Secrets",
    role(rule("", ["configmaps", "secrets"], ["list", "watch"])),
    must("list, watch on secrets"),
  ],
  ["fails a ClusterRole that gets any", role(rule("", ["secrets"], ["get"]), "ClusterRole"), must("get on secrets")],
  ["fails what wildcards stand for", role(rule("*", ["*"], ["*"])), must("get, list, watch on secrets")],
  [
    "fails the name of a list, which is none",
    role(rule("", ["secrets"], ["list", "watch"], { resourceNames: ["web", ""] })),
    must("list, watch on secrets"),
  ],
  [
    "cannot judge names nobody knows yet",
    role(rule("", ["secrets"], ["get"], { resourceNames: UNKNOWN as never })),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "passes a single name nobody knows yet",
    role(rule("", ["secrets"], ["get"], { resourceNames: [UNKNOWN as never] })),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("", ["secrets"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
