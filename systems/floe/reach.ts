import type { Destinations } from "../workload-schema";
import type { ResolvedFloe } from "./config";

/** Egress destinations of the jobs: pods of the platform in the same namespace, and external servers. */

type Peers = Destinations[string]["peers"];

/** Addresses of an external server; without configured ones, all addresses but the clouds' metadata services. */
const addresses = (cidrs: readonly string[]): Peers =>
  cidrs.length > 0
    ? cidrs.map((cidr) => ({ ipBlock: { cidr } }))
    : [
        { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } },
        { ipBlock: { cidr: "::/0", except: ["fe80::/10"] } },
      ];

/** The port an address names, or that of its scheme. */
export function portOf(address: string): number {
  const { protocol, port } = new URL(address);
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

/** By name, for `networkPolicy.destinations` of the jobs' chart. `platform`: full name of the platform's objects. */
export function destinations(config: ResolvedFloe, platform: string): Destinations {
  const { postgresql, objectStorage, lineage, polaris, production } = config;
  const labelled = (matchLabels: Record<string, string>): Peers => [{ podSelector: { matchLabels } }];
  const pods = (component: string): Peers =>
    labelled({
      "app.kubernetes.io/name": "floe-platform",
      "app.kubernetes.io/instance": config.release,
      "app.kubernetes.io/component": component,
    });
  const database = (): Destinations[string] => {
    const { mode, external } = postgresql;
    if (external !== undefined) return { port: external.port, peers: addresses(external.cidrs) };
    if (mode !== "cnpg") return { port: 5432, peers: pods("postgresql") };
    const servers = labelled({ "cnpg.io/cluster": `${platform}-postgresql` });
    // without its operator a Cluster is a StatefulSet, but in production
    return { port: 5432, peers: production ? servers : [...servers, ...pods("postgresql")] };
  };
  const { mode, external } = objectStorage;
  return {
    database: database(),
    traces: { port: 4318, peers: pods("otel") },
    ...(lineage && { lineage: { port: 5000, peers: pods("marquez") } }),
    ...(mode === "minio" && {
      objects: { port: 8333, peers: pods("minio") },
      catalog: { port: 8181, peers: pods("minio") },
    }),
    ...(external && { objects: { port: portOf(external.endpoint), peers: addresses(external.cidrs) } }),
    ...(polaris.enabled && { catalog: { port: 8181, peers: pods("polaris") } }),
  };
}
