import { rbacEscalation } from "../../../policy/checks/rbac-escalation";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { role, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [`rules[0] must be without bind, escalate, impersonate on *, got ${got}`];

ruleCases(rbacEscalation, "rbac-escalation", [
  ["passes reading roles", role(rule("rbac.authorization.k8s.io", ["roles"], ["get", "list"]))],
  ["passes a rule about nothing", role(rule("", [], ["bind"]))],
  ["fails bind", role(rule("rbac.authorization.k8s.io", ["clusterroles"], ["bind"]), "ClusterRole"), must("bind on *")],
  [
    "fails impersonation of anybody",
    role(rule("", ["users", "groups"], ["impersonate"]), "ClusterRole"),
    must("impersonate on *"),
  ],
  [
    "fails one way to impersonate",
    role(rule("authentication.k8s.io", ["users"], ["impersonate:user-info"]), "ClusterRole"),
    must("impersonate on *"),
  ],
  ["fails every verb", role(rule("", ["pods"], ["*"])), must("bind, escalate, impersonate on *")],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("rbac.authorization.k8s.io", ["roles"], ["get", UNKNOWN as never])),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
