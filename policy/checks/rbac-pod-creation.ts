/** A pod can take any service account, Secret and volume of its namespace, so creating one, or a command inside one, is more than it seems.
 *  Fields: rules of Role and ClusterRole; forbidden: create, update, patch on pods, pods/exec, pods/attach, pods/ephemeralcontainers, and get on
 *  pods/exec and pods/attach, which is enough to open a web socket up to Kubernetes 1.34. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacPodCreation = grantRule(
  {
    id: "rbac-pod-creation",
    severity: "high",
    description:
      "No role creates pods or runs commands in them: that right gives access to every service account and volume of the namespace.",
    fix: "create workloads with the deployment, and run commands in pods by a person's own access",
    controls: ["CIS 5.1.4", ...rbacControls],
  },
  [
    {
      group: "",
      resources: ["pods", "pods/exec", "pods/attach", "pods/ephemeralcontainers"],
      verbs: ["create", "update", "patch"],
    },
    { group: "", resources: ["pods/exec", "pods/attach"], verbs: ["get"] },
  ],
);
