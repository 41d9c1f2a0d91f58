/** A NetworkPolicy that fits no pod neither denies nor allows anything: the pods it was meant for are open, or cut off by another one.
 *  Fields: spec.podSelector of a NetworkPolicy; wanted: pods among the objects of its namespace. An empty one is for all pods and fine. */
import { isKind } from "../manifest/is-kind";
import { entries, list, read } from "../manifest/read";
import { selects } from "../rules/selector";
import { selectsNothingRule } from "../rules/selects-nothing";

export const networkPolicySelectsNothing = selectsNothingRule(
  {
    id: "network-policy-selects-nothing",
    severity: "medium",
    description: "Every NetworkPolicy selects pods; one that selects none protects nothing.",
    fix: "make podSelector equal to labels of the pod template",
    across: true,
    controls: ["TR-23", "SOC2 CC6.7", "ISO A.8.12", "ZN T1", "NSA/CISA Network separation and hardening"],
  },
  (object) => {
    if (!isKind(object, "networking.k8s.io", "NetworkPolicy")) return undefined;
    const selector = read(object, "spec", "podSelector");
    if (entries(selector, "matchLabels").length === 0 && list(selector, "matchExpressions").length === 0)
      return undefined;
    return {
      field: "spec.podSelector",
      matchLabels: read(selector, "matchLabels"),
      selects: (labels) => selects(selector, labels),
      ofHooks: true,
    };
  },
);
