/** Three verbs let a subject take rights it does not have: bind (any role to itself), escalate (write any rule into a role), impersonate.
 *  Fields: rules of Role and ClusterRole; forbidden: those verbs, on anything. */
import { grantRule, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacEscalation = grantRule(
  {
    id: "rbac-escalation",
    severity: "critical",
    description: "No role binds, escalates or impersonates: each of these verbs gives more than the role says.",
    fix: "remove the verbs bind, escalate and impersonate; let the deployment create roles and bindings",
    enforcement: rbacEnforcement,
    controls: ["CIS 5.1.8", ...rbacControls],
  },
  [{ group: "*", resources: ["*"], verbs: ["bind", "escalate", "impersonate"] }],
);
