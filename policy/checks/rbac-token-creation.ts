/** A token made for another service account carries its rights, for as long as one likes. For a Secret of the type
 *  kubernetes.io/service-account-token the cluster makes one that never ends.
 *  Fields: rules of Role and ClusterRole; forbidden: create on serviceaccounts/token without resourceNames, and on secrets. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacTokenCreation = grantRule(
  {
    id: "rbac-token-creation",
    severity: "high",
    description: "No role makes tokens for any service account: it would have the rights of all of them.",
    fix: "name the service accounts with resourceNames, and create Secrets with the deployment",
    controls: ["CIS 5.1.13", ...rbacControls],
  },
  [
    { group: "", resources: ["serviceaccounts/token"], verbs: ["create"], unlessNamed: true },
    { group: "", resources: ["secrets"], verbs: ["create"] },
  ],
);
