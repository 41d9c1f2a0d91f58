import { rbacTokenCreation } from "../../../policy/checks/rbac-token-creation";
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
const must = (got: string) => [`rules[0] must be without create on serviceaccounts/token, got ${got}`];

ruleCases(rbacTokenCreation, "rbac-token-creation", [
  ["passes tokens of one account", role(rule("", ["serviceaccounts/token"], ["create"], { resourceNames: ["web"] }))],
  ["passes creating accounts", role(rule("", ["serviceaccounts"], ["create"]))],
  [
    "fails tokens of any account",
    role(rule("", ["serviceaccounts/token"], ["create"])),
    must("create on serviceaccounts/token"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("", ["serviceaccounts/token"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
