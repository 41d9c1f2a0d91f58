/** What no policy selects may talk to everyone, and everyone to it: so each pod is selected for both directions, by a policy of its own or by one
 *  for the whole namespace, and gets only what is allowed.
 *  Fields: pods in spec.podSelector and spec.policyTypes of the NetworkPolicies of their namespace; `<project>:policy.defaultDeny` names namespaces
 *  that get such a policy from elsewhere. Upstream: NetworkPolicy's documentation, "the two sorts of pod isolation". */
import type { Manifest } from "../contract";
import { list, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { workloadsOf } from "../pods/workload";
import { objectRule } from "../rules/object-rule";
import { seesAll } from "../rules/scope";
import { selectorsOf } from "../rules/selected";
import { allOf, anyOf, type Truth } from "../rules/selector";
import { globMatches } from "../settings/glob";

const policiesBy = selectorsOf(
  ({ kind }) => kind === "NetworkPolicy",
  (object) => read(object, "spec", "podSelector") ?? {},
);

const directions = ["Ingress", "Egress"] as const;

export const defaultDenyPresent = objectRule(
  {
    id: "default-deny-present",
    severity: "high",
    description: "Every pod is under NetworkPolicies for both directions, so that only what they allow gets through.",
    fix: "add a NetworkPolicy with podSelector: {} and policyTypes [Ingress, Egress] to the namespace, or name the namespace in policy.defaultDeny when it has one",
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    across: true,
    controls: ["CIS 5.3.2", "ZN-44", "ZN-81", "SOC2 CC6.7", "ISO A.8.12", "NSA/CISA Network separation and hardening"],
  },
  function* (manifest, context, objects) {
    if (!seesAll(context)) return;
    for (const { namespace, kind, spec } of workloadsOf([manifest], context)) {
      if (kind === "PodTemplate" || read(spec, "hostNetwork") === true) continue;
      if (context.settings?.defaultDeny.some((pattern) => globMatches(pattern, namespace))) continue;
      const own = policiesBy(objects, context).get(manifest) ?? [];
      const truths = directions.map((direction) =>
        anyOf(own.map(({ by, truth }) => allOf([truth, isolates(by, direction)]))),
      );
      const open = directions.filter((_, index) => truths[index] === false);
      const complaint = { field: "spec", want: "under NetworkPolicies for Ingress and Egress" };
      if (open.length > 0) yield { ...complaint, said: `none for ${open.join(" and ")} of its pods` };
      else if (truths.includes(UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    }
  },
);

/** Without policyTypes a policy is for Ingress, and for Egress when it has egress rules. */
function isolates({ object }: Manifest, direction: (typeof directions)[number]): Truth {
  const types = list(object, "spec", "policyTypes");
  const implied = direction === "Ingress" || list(object, "spec", "egress").length > 0;
  if (types.length === 0) return implied;
  return types.includes(direction) || (types.includes(UNKNOWN) ? UNKNOWN : false);
}
