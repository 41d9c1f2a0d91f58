import { internetPeers } from "../schema";
import type { Destinations } from "../workload-schema";
import { datastoreDestinations } from "./datastores-values";

/** Egress destinations of trevor's pods, and hosts in its environment that no destination allows. */

/** Pods of any namespace with this `app.kubernetes.io/name`. */
const pods = (name: string, port: number): Destinations[string] => ({
  port,
  peers: [{ namespaceSelector: {}, podSelector: { matchLabels: { "app.kubernetes.io/name": name } } }],
});

/** The chart's own destinations. */
export const defaultDestinations: Destinations = {
  dns: {
    port: 53,
    protocols: ["UDP", "TCP"],
    peers: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
    ],
  },
  postgresql: pods("postgresql", 5432),
  redis: pods("redis", 6379),
  seaweedfs: pods("seaweedfs", 8333),
  keycloak: pods("keycloak", 8080),
  opentelemetry: pods("opentelemetry-collector", 4317),
  https: { port: 443, peers: internetPeers },
};

/** The keys of trevor's configuration that decide its destinations. */
export interface Reach {
  readonly namespace: string;
  readonly image: { readonly repository: string; readonly tag: string };
  readonly datastores: boolean;
  readonly env: Readonly<Record<string, string | number | boolean>>;
  readonly networkPolicy: { readonly destinations: Destinations };
}

/** Every destination: the chart's, the servers for trials where they are used, and those of the configuration. */
export const destinationsOf = (config: Reach): Destinations => ({
  ...defaultDestinations,
  ...(config.datastores && datastoreDestinations(config)),
  ...config.networkPolicy.destinations,
});

const usualPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  grpc: 4317,
  redis: 6379,
  postgresql: 5432,
};

/** Host and port that the value of a variable names, if it is an address. */
function addressIn(value: string): { readonly host: string; readonly port: number } | undefined {
  if (!URL.canParse(value)) return undefined;
  const { protocol, hostname, port } = new URL(value);
  const found = Number(port) || usualPorts[protocol.replace(":", "")];
  return hostname !== "" && found ? { host: hostname, port: found } : undefined;
}

/** Namespace of a host inside the cluster, as `keycloak.identity.svc`; undefined for one outside. A bare name is in the pod's own. */
const namespaceOf = (host: string, own: string): string | undefined =>
  host.includes(".") ? /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(host)?.[1] : own;

/** Whether one of the peers may be the host: the pods of a Service and the addresses of a name are not known here. */
function covers(peers: Destinations[string]["peers"], namespace: string | undefined, own: string): boolean {
  return peers.some(({ namespaceSelector, podSelector, ipBlock }) => {
    if (namespace === undefined) return ipBlock !== undefined;
    if (namespaceSelector === undefined) return podSelector !== undefined && namespace === own;
    const name = namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"];
    return name === undefined || name === namespace;
  });
}

/** A line for each variable with a host that no destination allows: connections to it would time out. */
export function unreachable(config: Reach): string[] {
  const all = Object.values(destinationsOf(config));
  return Object.entries(config.env).flatMap(([name, value]) => {
    const address = addressIn(String(value));
    if (address === undefined) return [];
    const namespace = namespaceOf(address.host, config.namespace);
    if (all.some(({ port, peers }) => port === address.port && covers(peers, namespace, config.namespace))) return [];
    const where = namespace === undefined ? "outside of the cluster" : `in namespace ${namespace}`;
    return [
      `hardened:trevor.env.${name} names ${address.host}:${address.port} ${where}, which no destination of networkPolicy.destinations leads to: the pods cannot reach it; add one with port ${address.port}`,
    ];
  });
}

/** Namespaces that the network policy names, with the key path of each. */
export function namedNamespaces(config: Reach): { readonly name: string; readonly by: string }[] {
  return Object.entries(config.networkPolicy.destinations).flatMap(([key, { peers }]) =>
    peers.flatMap(({ namespaceSelector }) => {
      const name = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
      return name === undefined ? [] : [{ name, by: `hardened:trevor.networkPolicy.destinations.${key}` }];
    }),
  );
}
