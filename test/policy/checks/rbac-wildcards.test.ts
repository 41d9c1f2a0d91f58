import { rbacWildcards } from "../../../policy/checks/rbac-wildcards";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const role = (rule: Json, kind = "Role") => manifest("rbac.authorization.k8s.io/v1", kind, { rules: [rule] });
const read: JsonObject = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const must = (key: string, got: string) => `rules[0].${key} must be without wildcards, got ${got}`;

const collecting = (selector: Json) =>
  manifest("rbac.authorization.k8s.io/v1", "ClusterRole", { aggregationRule: { clusterRoleSelectors: [selector] } });
const everything = [
  "aggregationRule.clusterRoleSelectors[0] must be for roles of its own, got one that selects cluster-admin too",
];

ruleCases(rbacWildcards, "rbac-wildcards", [
  ["passes names", role(read)],
  ["passes what is no role", manifest("example.com/v1", "Policy", { rules: [{ ...read, verbs: ["*"] }] })],
  ["[ZN-25] fails any verb", role({ ...read, verbs: ["*"] }), [must("verbs", '["*"]')]],
  [
    "[ZN-25] fails any resource of any group, each by its field",
    role({ ...read, apiGroups: ["*"], resources: ["pods", "*"] }, "ClusterRole"),
    [must("resources", '["*"]'), must("apiGroups", '["*"]')],
  ],
  ["fails any resource's subresource", role({ ...read, resources: ["*/scale"] }), [must("resources", '["*/scale"]')]],
  [
    "fails any path",
    role({ nonResourceURLs: ["/metrics/*"], verbs: ["get"] }, "ClusterRole"),
    [must("nonResourceURLs", '["/metrics/*"]')],
  ],
  [
    "passes a role that collects some by a label of its own",
    collecting({ matchLabels: { "example.com/aggregate-to-web": "true" } }),
  ],
  ["fails one that collects all", collecting({}), everything],
  [
    "fails one that collects Kubernetes' own, cluster-admin among them",
    collecting({ matchLabels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }),
    everything,
  ],
  [
    "fails one that collects all but some",
    collecting({ matchExpressions: [{ key: "example.com/x", operator: "DoesNotExist" }] }),
    everything,
  ],
  [
    "cannot evaluate one that collects nobody knows what",
    collecting(UNKNOWN as never),
    ["aggregationRule.clusterRoleSelectors[0] cannot be evaluated, got a value unknown until deployment"],
  ],
  ["passes a role without rules", manifest("rbac.authorization.k8s.io/v1", "ClusterRole", { aggregationRule: {} })],
  [
    "cannot evaluate unknown verbs",
    role({ ...read, verbs: UNKNOWN as never }),
    ["rules[0].verbs cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "cannot evaluate an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
]);
