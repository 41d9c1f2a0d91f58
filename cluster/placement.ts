import { type Cluster, unlessForbidden } from "./cluster";

/** A workload with a hard topology spread, and its minimum number of pods. */
export interface HardSpread {
  /** Key path that says so. */
  readonly by: string;
  readonly over: "zone" | "host";
  readonly pods: number;
}

/** What is read of a node. */
export interface NodeObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean };
}

const labels = { zone: "topology.kubernetes.io/zone", host: "kubernetes.io/hostname" } as const;
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A line for each workload that needs more topology domains than the cluster has: its remaining pods would stay Pending. */
export function unschedulable(asked: readonly HardSpread[], nodes: readonly NodeObject[]): string[] {
  const usable = nodes.filter(({ spec }) => spec?.unschedulable !== true);
  const places = (over: HardSpread["over"]): number =>
    new Set(usable.flatMap(({ metadata }) => metadata.labels?.[labels[over]] ?? [])).size;
  return asked
    .filter(({ over, pods }) => pods > places(over))
    .map(
      ({ by, over, pods }) =>
        `${by} is hard for ${many(pods, "pod")}, and the cluster has ${many(places(over), over)}: the others would stay Pending; use soft, or fewer pods`,
    );
}

/** The same for a live cluster; empty when the user may not list its nodes. Throws ClusterUnavailable. */
export async function placementFaults(cluster: Cluster, asked: readonly HardSpread[]): Promise<string[]> {
  if (asked.length === 0) return [];
  return unlessForbidden(
    cluster.list<NodeObject>("nodes").then((nodes) => unschedulable(asked, nodes)),
    [],
  );
}
