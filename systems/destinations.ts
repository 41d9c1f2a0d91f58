import { BlockList, isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { type EgressRules, internetPeers } from "./schema";
import type { Destinations } from "./workload-schema";

/** Egress destinations of a system's pods, and whether they lead to the addresses in its configuration. */

type Peer = Destinations[string]["peers"][number];

/** Host and port of an address; an IPv6 host has no brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const usualPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  grpc: 4317,
  redis: 6379,
  postgresql: 5432,
};

/** Host and port that a value names, if it is an address. */
export function endpointIn(value: string): Endpoint | undefined {
  if (!URL.canParse(value)) return undefined;
  const { protocol, hostname, port } = new URL(value);
  const found = Number(port) || usualPorts[protocol.replace(":", "")];
  return hostname !== "" && found ? { host: hostname.replaceAll(/^\[|\]$/g, ""), port: found } : undefined;
}

/** NetworkPolicy rules, one for each destination. */
export const egressRules = (destinations: Destinations): EgressRules =>
  Object.values(destinations).map(({ port, protocols = ["TCP"], peers }) => ({
    to: peers,
    ports: protocols.map((protocol) => ({ protocol, port })),
  }));

/** Namespaces that destinations name. @param at key path of the destinations */
export const namedNamespaces = (
  destinations: Destinations,
  at: string,
): { readonly name: string; readonly by: string }[] =>
  Object.entries(destinations).flatMap(([key, { peers }]) =>
    peers.flatMap(({ namespaceSelector }) => {
      const name = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
      return name === undefined ? [] : [{ name, by: `${at}.${key}` }];
    }),
  );

/** Namespace of a host inside the cluster, as `keycloak.identity.svc`; undefined for one outside. A bare name is in the pod's own. */
const namespaceOf = (host: string, own: string): string | undefined =>
  /[.:]/.test(host) ? /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(host)?.[1] : own;

/** Endings of names that resolve inside a private network only (RFC 6762, RFC 8375, ICANN's .internal). */
const privateName = /\.(internal|local|lan|home\.arpa)\.?$/;

/** Whether a block may hold a host outside of the cluster: the addresses of a name are not known here. */
function holds(block: NonNullable<Peer["ipBlock"]>, host: string): boolean {
  if (isIP(host) !== 0) return within(block.cidr, host) && !block.except?.some((cidr) => within(cidr, host));
  return !privateName.test(host) || !internetPeers.some(({ ipBlock }) => isDeepStrictEqual(ipBlock, block));
}

function within(cidr: string, address: string): boolean {
  const [network = "", prefix] = cidr.split("/");
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  if (isIP(network) !== isIP(address) || Number(prefix) > (family === "ipv4" ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

/** Whether one of the peers may be the host; the pods of a Service are not known here. */
const covers = (peers: readonly Peer[], host: string, own: string): boolean =>
  peers.some(({ namespaceSelector, podSelector, ipBlock }) => {
    const namespace = namespaceOf(host, own);
    // The cluster's DNS may give a private name to a Service.
    if (namespace === undefined) return ipBlock === undefined ? privateName.test(host) : holds(ipBlock, host);
    if (namespaceSelector === undefined) return podSelector !== undefined && namespace === own;
    const name = namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"];
    return name === undefined || name === namespace;
  });

/**
 * Why pods of the namespace `own` cannot connect to an address: no destination leads to it, so that connections would time out. Undefined
 * when one does, or when the value is no address.
 */
export function unreachable(value: string, destinations: Destinations, own: string): string | undefined {
  const endpoint = endpointIn(value);
  if (endpoint === undefined) return undefined;
  const { host, port } = endpoint;
  const all = Object.values(destinations);
  if (all.some((one) => one.port === port && covers(one.peers, host, own))) return undefined;
  const namespace = namespaceOf(host, own);
  const where = namespace === undefined ? "outside of the cluster" : `in namespace ${namespace}`;
  const shown = host.includes(":") ? `[${host}]` : host;
  return `names ${shown}:${port} ${where}, which no destination of networkPolicy.destinations leads to: the pods cannot reach it; add one with port ${port}`;
}
