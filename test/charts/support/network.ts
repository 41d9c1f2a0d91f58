import { BlockList } from "node:net";
import type { Rendered } from "./helm";

/** What NetworkPolicies mean: which traffic of a pod they let through, as Kubernetes documents it. */

type Labels = Readonly<Record<string, string>>;
/** One end of a connection: a pod in a namespace, or an address outside of the cluster. */
export type End = { readonly namespace: string; readonly labels: Labels } | { readonly address: string };

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
export interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}

const matches = (wanted: Labels | undefined, labels: Labels): boolean =>
  Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);

function inside(cidr: string, address: string): boolean {
  const [network = "", bits] = cidr.split("/");
  const family = address.includes(":") ? "ipv6" : "ipv4";
  if (network.includes(":") !== (family === "ipv6")) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

function isPeer({ namespaceSelector, podSelector, ipBlock }: Peer, end: End, own: string): boolean {
  if (ipBlock !== undefined) {
    if (!("address" in end)) return false;
    return inside(ipBlock.cidr, end.address) && !(ipBlock.except ?? []).some((cidr) => inside(cidr, end.address));
  }
  if ("address" in end) return false;
  const there =
    namespaceSelector === undefined
      ? end.namespace === own
      : matches(namespaceSelector.matchLabels, { "kubernetes.io/metadata.name": end.namespace });
  return there && matches(podSelector?.matchLabels, end.labels);
}

/** Whether the policies let a pod talk to, or be reached by, another end; a pod no policy selects is open. */
export function lets(
  policies: readonly Rendered[],
  pod: { readonly namespace: string; readonly labels: Labels },
  direction: "Ingress" | "Egress",
  other: End,
  port: string,
): boolean {
  const selecting = policies.filter(({ metadata, spec }) => {
    const { podSelector, policyTypes } = spec as unknown as {
      podSelector: { matchLabels?: Labels };
      policyTypes: string[];
    };
    const here = metadata.namespace === pod.namespace && matches(podSelector.matchLabels, pod.labels);
    return here && policyTypes.includes(direction);
  });
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap(({ spec }) => (spec[direction.toLowerCase()] ?? []) as Rule[]);
  return rules.some(({ from, to, ports }) => {
    const peers = from ?? to;
    const reaches =
      peers === undefined || peers.length === 0 || peers.some((peer) => isPeer(peer, other, pod.namespace));
    return reaches && (ports === undefined || ports.some((one) => `${one.protocol} ${one.port}` === port));
  });
}
