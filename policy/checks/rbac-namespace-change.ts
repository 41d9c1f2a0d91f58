/** The labels of a Namespace say which pods it admits and which network policies of others select it. Its status and finalize take new labels too.
 *  Fields: rules of Role and ClusterRole (a Role of a namespace reaches that Namespace); forbidden: create, update, patch on namespaces.
 *  Upstream: pkg/registry/core/namespace/strategy.go. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacNamespaceChange = grantRule(
  {
    id: "rbac-namespace-change",
    severity: "high",
    description: "No role creates or changes namespaces: their labels switch Pod Security off.",
    fix: "create namespaces and their labels with the deployment",
    controls: ["CIS 5.2.1", ...rbacControls],
  },
  [
    {
      group: "",
      resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
      verbs: ["create", "update", "patch"],
    },
  ],
);
