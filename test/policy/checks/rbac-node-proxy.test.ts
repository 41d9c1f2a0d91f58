import { rbacNodeProxy } from "../../../policy/checks/rbac-node-proxy";
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
  `rules[0] must be without get, create, update, patch, delete on nodes/proxy, got ${got}`,
];

ruleCases(rbacNodeProxy, "rbac-node-proxy", [
  ["passes metrics", role(rule("", ["nodes/metrics", "nodes/stats"], ["get"]), "ClusterRole")],
  ["passes reading nodes", role(rule("", ["nodes"], ["get", "list"]), "ClusterRole")],
  [
    "fails get, which is enough for commands",
    role(rule("", ["nodes/proxy"], ["get"]), "ClusterRole"),
    must("get on nodes/proxy"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("", ["nodes/proxy"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
