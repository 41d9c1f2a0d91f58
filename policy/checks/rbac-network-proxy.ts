/** Through the API server one reaches any port of any pod or Service: it comes from where no network policy forbids it. get is enough for most of it.
 *  Fields: rules of Role and ClusterRole; forbidden: any verb on pods/proxy, services/proxy and pods/portforward without resourceNames. */
import { grantRule, rbacControls } from "../rules/rbac";

const verbs = ["get", "create", "update", "patch", "delete"];

export const rbacNetworkProxy = grantRule(
  {
    id: "rbac-network-proxy",
    severity: "high",
    description:
      "No role reaches pods and Services through the API server: its connections pass network policies, and a program behind them may trust them.",
    fix: "connect to the Service itself, with a network policy that allows it",
    controls: ["NSA/CISA Network separation and hardening", ...rbacControls],
  },
  [
    { group: "", resources: ["pods/proxy", "services/proxy"], verbs, unlessNamed: true },
    { group: "", resources: ["pods/portforward"], verbs: ["get", "create"], unlessNamed: true },
  ],
);
