/** Who may list Secrets has every credential in the namespace; who may get them by any name has too. The answer to a change, even to one that changes
 *  nothing, is the whole Secret; so is the answer to a deletion that waits for a finalizer (propagationPolicy), and to the deletion of many.
 *  Fields: rules of Role and ClusterRole; forbidden: get, list, watch, update, patch, delete, deletecollection on secrets without resourceNames.
 *  Upstream: k8s.io/apiserver pkg/registry/generic/registry/store.go, Delete and DeleteCollection. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacSecretsAccess = grantRule(
  {
    id: "rbac-secrets-access",
    severity: "high",
    description: "No role reads every Secret of a namespace or of the cluster: one stolen token would hold them all.",
    fix: "name the Secrets with resourceNames and the verb get, or mount them instead",
    controls: ["CIS 5.1.2", "FL-53", ...rbacControls],
  },
  [
    {
      group: "",
      resources: ["secrets"],
      verbs: ["get", "list", "watch", "update", "patch", "delete", "deletecollection"],
      unlessNamed: true,
    },
  ],
);
