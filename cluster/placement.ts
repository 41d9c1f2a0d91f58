import { type Cluster, unlessForbidden } from "./cluster";

/** A workload with a hard topology spread, and its minimum and maximum number of pods. */
export interface HardSpread {
  /** Key path that says so. */
  readonly by: string;
  readonly over: "zone" | "host";
  readonly pods: number;
  /** Pods an autoscaler may ask for. @default pods */
  readonly most?: number;
}

/** What is read of a node. */
export interface NodeObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
}

const labels = { zone: "topology.kubernetes.io/zone", host: "kubernetes.io/hostname" } as const;
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Whether a pod without tolerations can be placed on a node: the charts set none. */
const isUsable = ({ spec }: NodeObject): boolean =>
  spec?.unschedulable !== true &&
  !spec?.taints?.some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");

/** A line for each workload that needs more topology domains than the cluster has: its remaining pods would stay Pending. */
export function unschedulable(asked: readonly HardSpread[], nodes: readonly NodeObject[]): string[] {
  const usable = nodes.filter(isUsable);
  return asked.flatMap(({ by, over, pods, most = pods }) => {
    const places = new Set(usable.flatMap(({ metadata }) => metadata.labels?.[labels[over]] ?? [])).size;
    const has = `the cluster has ${many(places, over)}`;
    if (pods > places)
      return [
        `${by} is hard for ${many(pods, "pod")}, and ${has}: the others would stay Pending; use soft, or fewer pods`,
      ];
    if (most > places)
      return [
        `${by} is hard, its autoscaler may ask for ${many(most, "pod")}, and ${has}: the others would stay Pending; lower autoscaling.max, use soft, or add nodes`,
      ];
    return [];
  });
}

/** The same for a live cluster; empty when the user may not list its nodes. Throws ClusterUnavailable. */
export async function placementFaults(cluster: Cluster, asked: readonly HardSpread[]): Promise<string[]> {
  if (asked.length === 0) return [];
  return unlessForbidden(
    cluster.list<NodeObject>("nodes").then((nodes) => unschedulable(asked, nodes)),
    [],
  );
}
