/** Labels and taints of a node decide which pods it gets, with their Secrets; its status says at which address the API server finds the kubelet.
 *  Fields: rules of ClusterRole; forbidden: create, update, patch on nodes and nodes/status. */
import { grantRule, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacNodeChange = grantRule(
  {
    id: "rbac-node-change",
    severity: "high",
    description:
      "No role creates or changes nodes: a label or a taint draws the pods of others, and an address what the API server sends to the kubelet.",
    fix: "leave nodes to the kubelet and the cluster's own controllers",
    enforcement: rbacEnforcement,
    controls: [...rbacControls],
  },
  [{ group: "", resources: ["nodes", "nodes/status"], verbs: ["create", "update", "patch"] }],
);
