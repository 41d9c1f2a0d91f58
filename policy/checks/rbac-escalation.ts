/** Three verbs let a subject take rights it does not have: bind (any role to itself), escalate (write any rule into a role), impersonate. The API server
 *  asks for them on a few resources only; on any other they grant nothing. Since Kubernetes 1.35 there are narrower ways to impersonate.
 *  Fields: rules of Role and ClusterRole; forbidden: bind and escalate on roles and clusterroles, impersonate on the parts of an identity.
 *  Upstream: pkg/registry/rbac/escalation_check.go, k8s.io/apiserver pkg/endpoints/filters/impersonation (KEP-5284). */
import { grantRule, rbacControls } from "../rules/rbac";

const identities = "authentication.k8s.io";

export const rbacEscalation = grantRule(
  {
    id: "rbac-escalation",
    severity: "critical",
    description: "No role binds, escalates or impersonates: each of these verbs gives more than the role says.",
    fix: "remove the verbs bind, escalate and impersonate; let the deployment create roles and bindings",
    controls: ["CIS 5.1.8", ...rbacControls],
  },
  [
    { group: "rbac.authorization.k8s.io", resources: ["roles", "clusterroles"], verbs: ["bind", "escalate"] },
    { group: "", resources: ["users", "groups", "serviceaccounts"], verbs: ["impersonate"] },
    { group: identities, resources: ["uids", "userextras/*"], verbs: ["impersonate"] },
    { group: identities, resources: ["users", "groups", "uids", "userextras/*"], verbs: ["impersonate:user-info"] },
    { group: identities, resources: ["serviceaccounts"], verbs: ["impersonate:serviceaccount"] },
    { group: identities, resources: ["nodes"], verbs: ["impersonate:arbitrary-node", "impersonate:associated-node"] },
  ],
  "without bind and escalate on roles, and without impersonate",
);
