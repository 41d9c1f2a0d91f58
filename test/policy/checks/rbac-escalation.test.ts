import { rbacEscalation } from "../../../policy/checks/rbac-escalation";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { role, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without bind and escalate on roles, and without impersonate, got ${got}`,
];
const rbac = "rbac.authorization.k8s.io";
const identities = "authentication.k8s.io";
const cluster = (...args: Parameters<typeof rule>) => role(rule(...args), "ClusterRole");

ruleCases(rbacEscalation, "rbac-escalation", [
  ["passes reading roles", role(rule(rbac, ["roles"], ["get", "list"]))],
  ["passes a rule about nothing", role(rule(rbac, [], ["bind"]))],
  ["fails bind", cluster(rbac, ["clusterroles"], ["bind"]), must("bind on clusterroles")],
  ["fails escalate, in one namespace too", role(rule(rbac, ["roles"], ["escalate"])), must("escalate on roles")],
  ["fails every verb on roles", role(rule(rbac, ["roles"], ["*"])), must("bind, escalate on roles")],
  ["fails every resource of their group", role(rule(rbac, ["*"], ["bind"])), must("bind on roles, clusterroles")],
  ["passes bind and escalate on bindings, for which nothing asks", role(rule(rbac, ["rolebindings"], ["bind", "*"]))],
  ["passes the verbs in another group", role(rule("example.com", ["roles", "users"], ["bind", "impersonate"]))],
  ["passes every verb on a custom resource: a wildcard and no more", role(rule("example.com", ["probes"], ["*"]))],
  ["passes every verb on pods", role(rule("", ["pods", "pods/exec"], ["*"]))],
  [
    "fails impersonation of anybody",
    cluster("", ["users", "groups"], ["impersonate"]),
    must("impersonate on users, groups"),
  ],
  [
    "fails it for every verb on service accounts, and where one is named",
    role(rule("", ["serviceaccounts"], ["*"], { resourceNames: ["deployer"] })),
    must("impersonate on serviceaccounts"),
  ],
  [
    "fails taking over an id, or what is known of a user",
    cluster(identities, ["uids", "userextras/scopes"], ["impersonate"]),
    must("impersonate on uids, userextras/*"),
  ],
  [
    "passes impersonate where it means nothing",
    cluster(identities, ["users", "userextras", "tokenreviews"], ["impersonate"]),
  ],
  [
    "fails one way to impersonate",
    cluster(identities, ["users"], ["impersonate:user-info"]),
    must("impersonate:user-info on users"),
  ],
  [
    "fails the others, each on what it is for",
    cluster(identities, ["serviceaccounts", "nodes"], ["impersonate:serviceaccount", "impersonate:arbitrary-node"]),
    must("impersonate:serviceaccount on serviceaccounts and impersonate:arbitrary-node on nodes"),
  ],
  [
    "fails everything, and says on what",
    cluster("*", ["*"], ["*"]),
    must(
      "bind, escalate on roles, clusterroles and impersonate on users, groups, serviceaccounts, uids, userextras/* and " +
        "impersonate:user-info on users, groups, uids, userextras/* and impersonate:serviceaccount on serviceaccounts and " +
        "impersonate:arbitrary-node, impersonate:associated-node on nodes",
    ),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot evaluate an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "cannot evaluate unknown verbs",
    role(rule("rbac.authorization.k8s.io", ["roles"], ["get", UNKNOWN as never])),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
]);
