/** What no policy selects may talk to everyone, and everyone to it: so each pod is selected for both directions, by a policy of its own or by one
 *  for the whole namespace, and gets only what is allowed. Policies add up: one rule that allows everything undoes all others.
 *  Fields: pods in spec.podSelector and spec.policyTypes of the NetworkPolicies of their namespace, without a rule in spec.ingress or spec.egress that
 *  names neither peers nor ports; `<project>:policy.defaultDeny` names namespaces
 *  that get such a policy from elsewhere. Upstream: NetworkPolicy's documentation, "the two sorts of pod isolation". */

import { globMatches } from "../config/glob";
import type { Manifest } from "../contract";
import { list, read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { seesAll } from "../rules/scope";
import { selectorsOf } from "../rules/selected";
import { allOf, anyOf, type Truth } from "../rules/selector";
import { workloadsOf } from "../rules/workload";

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
    across: true,
    controls: [
      "CIS 5.3.2",
      "ZN-44",
      "ZN-81",
      "SOC2 CC6.7",
      "ISO A.8.12",
      "ZN T1",
      "NSA/CISA Network separation and hardening",
    ],
  },
  function* (manifest, context, objects) {
    if (!seesAll(context)) return;
    for (const { namespace, kind, spec } of workloadsOf([manifest], context)) {
      if (kind === "PodTemplate" || read(spec, "hostNetwork") === true) continue;
      const declared = context.settings?.defaultDeny.some((pattern) => globMatches(pattern, namespace));
      const own = policiesBy(objects, context).get(manifest) ?? [];
      const truths = directions.map((direction) =>
        anyOf([declared === true, ...own.map(({ by, truth }) => allOf([truth, isolates(by, direction)]))]),
      );
      const opened = directions.map((direction) =>
        anyOf(own.map(({ by, truth }) => allOf([truth, isolates(by, direction), allowsAll(by, direction)]))),
      );
      const open = directions.filter((_, index) => truths[index] === false);
      const wide = directions.filter((_, index) => opened[index] === true);
      const complaint = { field: "spec", want: "under NetworkPolicies for Ingress and Egress" };
      const said = [
        ...(open.length > 0 ? [`none for ${open.join(" and ")} of its pods`] : []),
        ...(wide.length > 0 ? [`one that allows everything for ${wide.join(" and ")}`] : []),
      ];
      if (said.length > 0) yield { ...complaint, said: said.join(", ") };
      else if (truths.includes(UNKNOWN) || opened.includes(UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    }
  },
);

/** A rule without peers and ports is for everyone, as is one for every address; several policies for a pod add up. */
function allowsAll({ object }: Manifest, direction: (typeof directions)[number]): Truth {
  const [rules, peers] = direction === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
  return anyOf(
    list(object, "spec", rules as string).map((rule) => {
      if (rule === UNKNOWN) return UNKNOWN;
      const given = list(rule, peers as string);
      const everyone: Truth = given.length === 0 || anyOf(given.map(isEveryAddress));
      const ports = list(rule, "ports");
      return allOf([everyone, ports.includes(UNKNOWN) ? UNKNOWN : ports.length === 0]);
    }),
  );
}

function isEveryAddress(peer: unknown): Truth {
  if (peer === UNKNOWN) return UNKNOWN;
  if (list(peer, "ipBlock", "except").length > 0) return false;
  const cidr = read(peer, "ipBlock", "cidr");
  return cidr === UNKNOWN ? UNKNOWN : word(cidr).endsWith("/0");
}

/** Without policyTypes a policy is for Ingress, and for Egress when it has egress rules. */
function isolates({ object }: Manifest, direction: (typeof directions)[number]): Truth {
  const types = list(object, "spec", "policyTypes");
  const implied = direction === "Ingress" || list(object, "spec", "egress").length > 0;
  if (types.length === 0) return implied;
  return types.includes(direction) || (types.includes(UNKNOWN) ? UNKNOWN : false);
}
