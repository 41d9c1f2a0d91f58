/** Endpoints and EndpointSlices say where a Service's traffic goes, whatever its selector says: to a pod of another namespace, past its network policies
 *  (CVE-2021-25740), or to one of the program's own. Kubernetes took the right from its roles edit and admin.
 *  Fields: rules of Role and ClusterRole; forbidden: create, update, patch on endpoints and endpointslices without resourceNames.
 *  Upstream: kubernetes/kubernetes#103675. */
import { grantRule, rbacControls } from "../rules/rbac";

const verbs = ["create", "update", "patch"];

export const rbacEndpointsChange = grantRule(
  {
    id: "rbac-endpoints-change",
    severity: "high",
    description: "No role changes where Services send their traffic: that right redirects the traffic of any of them.",
    fix: "let the Service select its pods by labels; a program that keeps its leader in Endpoints names its own with resourceNames, or uses a Lease",
    controls: ["NSA/CISA Network separation and hardening", ...rbacControls],
  },
  [
    { group: "", resources: ["endpoints"], verbs, unlessNamed: true },
    { group: "discovery.k8s.io", resources: ["endpointslices"], verbs, unlessNamed: true },
  ],
);
