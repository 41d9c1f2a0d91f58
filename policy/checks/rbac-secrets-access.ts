/** Who may list Secrets has every credential in the namespace; who may get them by any name has too. The answer to a change, even to one that changes
 *  nothing, is the whole Secret.
 *  Fields: rules of Role and ClusterRole; forbidden: get, list, watch, update, patch on secrets without resourceNames. */
import { grantRule, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacSecretsAccess = grantRule(
  {
    id: "rbac-secrets-access",
    severity: "high",
    description: "No role reads every Secret of a namespace or of the cluster: one stolen token would hold them all.",
    fix: "name the Secrets with resourceNames and the verb get, or mount them instead",
    enforcement: rbacEnforcement,
    controls: ["CIS 5.1.2", "FL-53", ...rbacControls],
  },
  [{ group: "", resources: ["secrets"], verbs: ["get", "list", "watch", "update", "patch"], unlessNamed: true }],
);
