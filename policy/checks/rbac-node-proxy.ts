/** The kubelet's own API runs commands in any pod past admission and audit; get is enough, since it opens web sockets. Two parts of it have names of their
 *  own: the logs of the node, and a checkpoint, which is the memory of a container in a file.
 *  Fields: rules of ClusterRole; forbidden: any verb on nodes/proxy, nodes/log and nodes/checkpoint.
 *  Upstream: pkg/kubelet/server/auth.go. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacNodeProxy = grantRule(
  {
    id: "rbac-node-proxy",
    severity: "critical",
    description:
      "No role reaches the kubelet through nodes/proxy, nodes/log or nodes/checkpoint: it runs commands in every pod of the node and shows its files, and nothing records them.",
    fix: "ask the API server instead; metrics come from nodes/metrics and nodes/stats",
    controls: ["CIS 5.1.10", ...rbacControls],
  },
  [
    {
      group: "",
      resources: ["nodes/proxy", "nodes/log", "nodes/checkpoint"],
      verbs: ["get", "create", "update", "patch", "delete"],
    },
  ],
);
