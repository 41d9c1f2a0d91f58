/** What no policy selects may talk to everyone, and everyone to it: so each pod is selected for both directions, by a policy of its own or by one
 *  for the whole namespace, and gets only what is allowed. Policies add up: one rule that allows everything undoes all others.
 *  Fields: pods in spec.podSelector and spec.policyTypes of the NetworkPolicies of their namespace; forbidden: rules in spec.ingress or spec.egress that
 *  name no ports and let everyone through: without peers, with every pod of every namespace, or with addresses that together are more than half of all,
 *  unless `except` leaves out all private networks (rules/addresses.ts). A NetworkPolicy that is a hook counts for the pods of that hook alone.
 *  `<project>:policy.defaultDeny` names namespaces that get such a policy from elsewhere, or in a kind of another maker. Upstream: NetworkPolicy's documentation, "the two sorts of pod isolation". */

import { globMatches } from "../config/glob";
import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { entries, list, read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { type Block, isBlock, isEveryone } from "../rules/addresses";
import { standsWith } from "../rules/hooks";
import { objectRule } from "../rules/object-rule";
import { seesAll } from "../rules/scope";
import { selectorsOf } from "../rules/selected";
import { allOf, anyOf, type Truth } from "../rules/selector";
import { workloadsOf } from "../rules/workload";

const policiesBy = selectorsOf(
  (object) => isKind(object, "networking.k8s.io", "NetworkPolicy"),
  (object) => read(object, "spec", "podSelector") ?? {},
);

const directions = ["Ingress", "Egress"] as const;
type Direction = (typeof directions)[number];

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
    if (isKind(manifest.object, "", "PodTemplate")) return;
    for (const { namespace, spec } of workloadsOf([manifest], context)) {
      if (read(spec, "hostNetwork") === true) continue;
      const declared = context.settings?.defaultDeny.some((pattern) => globMatches(pattern, namespace));
      const own = policiesBy(objects, context).get(manifest) ?? [];
      const truths = directions.map((direction) =>
        anyOf([
          declared === true,
          ...own.map(({ by, truth }) => allOf([standsWith(by, manifest), truth, isolates(by, direction)])),
        ]),
      );
      const opened = directions.map((direction) => opens(own, direction));
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

/** What the rules of policies for a pod let through together on every port: everyone, or not known. */
function opens(policies: readonly { readonly by: Manifest; readonly truth: Truth }[], direction: Direction): Truth {
  const parts = policies.flatMap(({ by, truth }): Opened[] => {
    const applies = allOf([truth, isolates(by, direction)]);
    return applies === false
      ? []
      : peersOf(by, direction).map((part): Opened => ({ ...part, truth: allOf([applies, part.truth]) }));
  });
  const blocks = (known: readonly Truth[]) =>
    parts.filter(({ truth }) => known.includes(truth)).flatMap(({ block }) => block ?? []);
  const whole = anyOf(parts.filter(({ block }) => block === undefined).map(({ truth }) => truth));
  if (whole === true || isEveryone(blocks([true]))) return true;
  if (whole === UNKNOWN) return UNKNOWN;
  return parts.some(({ truth }) => truth === UNKNOWN) && isEveryone(blocks([true, UNKNOWN])) ? UNKNOWN : false;
}

/** A part of what a policy lets through on every port: a block of addresses, or everyone. */
interface Opened {
  readonly truth: Truth;
  readonly block?: Block;
}

const caches = {
  Ingress: new WeakMap<Manifest, readonly Opened[]>(),
  Egress: new WeakMap<Manifest, readonly Opened[]>(),
};

/** Everyone, and blocks of addresses, that a policy lets through on every port. */
function peersOf(policy: Manifest, direction: Direction): readonly Opened[] {
  const known = caches[direction].get(policy);
  if (known !== undefined) return known;
  const [rules, peers] = direction === "Ingress" ? (["ingress", "from"] as const) : (["egress", "to"] as const);
  const found = list(policy.object, "spec", rules).flatMap((rule): Opened[] => {
    if (rule === UNKNOWN) return [{ truth: UNKNOWN }];
    const ports = list(rule, "ports");
    if (ports.length > 0 && !ports.includes(UNKNOWN)) return [];
    const given = list(rule, peers);
    const onEvery: Truth = ports.length === 0 ? true : UNKNOWN;
    const open: readonly Opened[] = given.length === 0 ? [{ truth: true }] : given.map(openedBy);
    return open
      .map((one): Opened => ({ ...one, truth: allOf([onEvery, one.truth]) }))
      .filter(({ truth }) => truth !== false);
  });
  caches[direction].set(policy, found);
  return found;
}

function openedBy(peer: unknown): Opened {
  if (peer === UNKNOWN) return { truth: UNKNOWN };
  const block = read(peer, "ipBlock");
  if (block === undefined)
    return {
      truth: allOf([
        isEvery(read(peer, "namespaceSelector"), "kubernetes.io/metadata.name"),
        isEvery(read(peer, "podSelector") ?? {}),
      ]),
    };
  const cidr = read(block, "cidr");
  const except = list(block, "except");
  if (block === UNKNOWN || cidr === UNKNOWN || !isBlock(word(cidr))) return { truth: UNKNOWN };
  return { truth: except.includes(UNKNOWN) ? UNKNOWN : true, block: { cidr: word(cidr), except: except.map(word) } };
}

/** Whether a selector selects everything: an empty one, or one that asks for a label that everything has. */
function isEvery(selector: unknown, label?: string): Truth {
  if (selector === UNKNOWN) return UNKNOWN;
  if (selector === undefined) return false;
  const labels = read(selector, "matchLabels");
  return allOf([
    labels === UNKNOWN ? UNKNOWN : entries(labels).length === 0,
    ...list(selector, "matchExpressions").map((one): Truth => {
      const asked = [read(one, "key"), read(one, "operator")];
      return asked.includes(UNKNOWN) ? UNKNOWN : asked[0] === label && asked[1] === "Exists";
    }),
  ]);
}

/** Without policyTypes a policy is for Ingress, and for Egress when it has egress rules. */
function isolates({ object }: Manifest, direction: Direction): Truth {
  const types = list(object, "spec", "policyTypes");
  const implied = direction === "Ingress" || list(object, "spec", "egress").length > 0;
  if (types.length === 0) return implied;
  return types.includes(direction) || (types.includes(UNKNOWN) ? UNKNOWN : false);
}
