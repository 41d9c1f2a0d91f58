/** The kubelet's own API runs commands in any pod past admission and audit; get is enough, since it opens web sockets.
 *  Fields: rules of ClusterRole; forbidden: any verb on nodes/proxy. */
import { grantRule, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacNodeProxy = grantRule(
  {
    id: "rbac-node-proxy",
    severity: "critical",
    description:
      "No role reaches the kubelet through nodes/proxy: it runs commands in every pod of the node, and nothing records them.",
    fix: "ask the API server instead; metrics come from nodes/metrics and nodes/stats",
    enforcement: rbacEnforcement,
    controls: ["CIS 5.1.10", ...rbacControls],
  },
  [{ group: "", resources: ["nodes/proxy"], verbs: ["get", "create", "update", "patch", "delete"] }],
);
