/** Labels and taints of a node decide which pods it gets, with their Secrets; its status says at which address the API server finds the kubelet. A
 *  Binding is the scheduler's word: it puts a waiting pod on any node.
 *  Fields: rules of Role and ClusterRole; forbidden: create, update, patch on nodes and nodes/status, create on bindings and pods/binding. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacNodeChange = grantRule(
  {
    id: "rbac-node-change",
    severity: "high",
    description:
      "No role changes nodes or puts pods on them: a label, a taint or a binding draws the pods of others, and an address what the API server sends to the kubelet.",
    fix: "leave nodes to the kubelet, and which pods they get to the scheduler",
    controls: [...rbacControls],
  },
  [
    { group: "", resources: ["nodes", "nodes/status"], verbs: ["create", "update", "patch"] },
    { group: "", resources: ["bindings", "pods/binding"], verbs: ["create"] },
  ],
);
