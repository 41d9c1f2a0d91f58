import { rbacPodCreation } from "../../../policy/checks/rbac-pod-creation";
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
const must = (got: string) => [
  `rules[0] must be without create, update, patch on pods, pods/exec, pods/attach, pods/ephemeralcontainers and get on pods/exec, pods/attach, got ${got}`,
];

ruleCases(rbacPodCreation, "rbac-pod-creation", [
  ["[FL-53] passes creating Jobs", role(rule("batch", ["jobs"], ["create"]))],
  ["passes reading pods and logs", role(rule("", ["pods", "pods/log"], ["get", "list"]))],
  ["fails creating pods", role(rule("", ["pods"], ["get", "create"])), must("create on pods")],
  ["fails commands in pods, by a wildcard too", role(rule("", ["*/exec"], ["create"])), must("create on pods/exec")],
  [
    "fails getting them, which opens a web socket",
    role(rule("", ["pods/exec", "pods/attach"], ["get"])),
    must("get on pods/exec, pods/attach"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("", ["pods"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
