import { unreachable as leadsNowhere, namedNamespaces as namespacesIn } from "../destinations";
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

/** A line for each variable with a host that no destination allows: connections to it would time out. */
export function unreachable(config: Reach): string[] {
  const destinations = destinationsOf(config);
  return Object.entries(config.env).flatMap(([name, value]) => {
    const why = leadsNowhere(String(value), destinations, config.namespace);
    return why === undefined ? [] : [`hardened:trevor.env.${name} ${why}`];
  });
}

/** Namespaces that the network policy names, with the key path of each. */
export const namedNamespaces = ({ networkPolicy: { destinations } }: Reach) =>
  namespacesIn(destinations, "hardened:trevor.networkPolicy.destinations");
