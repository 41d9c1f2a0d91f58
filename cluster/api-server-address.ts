import { type Cluster, unlessForbidden } from "./cluster";

/** Where pods reach the API server, for network policies, whose selectors do not find it. */
export interface ApiServerAddress {
  /** Its endpoints and the address of the Service `kubernetes`, as blocks of one address. */
  readonly cidrs: readonly string[];
  readonly ports: readonly number[];
}

interface Slice {
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[] | null;
  readonly ports?: readonly { readonly port?: number }[] | null;
}
interface Service {
  readonly spec: { readonly clusterIPs?: readonly string[]; readonly ports?: readonly { readonly port: number }[] };
}

const block = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;
const sorted = <T>(all: readonly T[]): T[] => [...new Set(all)].sort();

/** The same of what the cluster has: a policy may be applied before or after the Service's address is translated. */
export function addressOf(slices: readonly Slice[], service: Service | undefined): ApiServerAddress | undefined {
  const addresses = slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap((one) => one.addresses));
  const ports = slices.flatMap((slice) =>
    (slice.ports ?? []).flatMap(({ port }) => (port === undefined ? [] : [port])),
  );
  if (addresses.length === 0 || ports.length === 0) return undefined;
  const { clusterIPs = [], ports: own = [] } = service?.spec ?? {};
  return {
    cidrs: sorted([...addresses, ...clusterIPs.filter((one) => one !== "None")]).map(block),
    ports: [...new Set([...ports, ...own.map(({ port }) => port)])].sort((a, b) => a - b),
  };
}

/** The API server's addresses as the cluster says them; undefined when the user may not ask. Throws ClusterUnavailable. */
export async function apiServerAddress(cluster: Cluster): Promise<ApiServerAddress | undefined> {
  const selector = "kubernetes.io/service-name=kubernetes";
  const [slices, service] = await Promise.all([
    unlessForbidden(cluster.list<Slice>("endpointslices.discovery.k8s.io", { namespace: "default", selector }), []),
    unlessForbidden(cluster.get<Service>("service", "kubernetes", "default"), undefined),
  ]);
  return addressOf(slices, service);
}
