/** A token made for another service account carries its rights, for as long as one likes.
 *  Fields: rules of Role and ClusterRole; forbidden: create on serviceaccounts/token without resourceNames. */
import { grantRule, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacTokenCreation = grantRule(
  {
    id: "rbac-token-creation",
    severity: "high",
    description: "No role makes tokens for any service account: it would have the rights of all of them.",
    fix: "name the service accounts with resourceNames",
    enforcement: rbacEnforcement,
    controls: ["CIS 5.1.13", ...rbacControls],
  },
  [{ group: "", resources: ["serviceaccounts/token"], verbs: ["create"], unlessNamed: true }],
);
