import type { Cluster } from "../../cluster/cluster";
import { quantity } from "../../systems/schema";
import type { Pod } from "../drills/target";

/** Usage of one pod at one moment: CPU in thousandths of a core, memory in bytes. */
export interface Usage {
  readonly pod: string;
  readonly time: string;
  readonly cpu: number;
  readonly memory: number;
}

/** CFS periods of a pod's CPU limit so far, and how many of them were throttled. */
export interface Periods {
  readonly all: number;
  readonly throttled: number;
}

interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly timestamp: string;
  readonly containers: readonly { readonly usage: { readonly cpu: string; readonly memory: string } }[];
}

/** Latest measurements of metrics-server for the pods of a namespace. Throws ClusterUnavailable where there is none. */
export async function usageIn(cluster: Cluster, namespace: string): Promise<readonly Usage[]> {
  const text = await cluster.raw(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`);
  return (JSON.parse(text) as { items: PodMetrics[] }).items.map(({ metadata, timestamp, containers }) => ({
    pod: metadata.name,
    time: timestamp,
    cpu: containers.reduce((sum, { usage }) => sum + quantity(usage.cpu), 0) * 1000,
    memory: containers.reduce((sum, { usage }) => sum + quantity(usage.memory), 0),
  }));
}

/** Counters of the pods' CPU limits from cAdvisor's metrics, by pod. The series of the whole pod is the one without a container's name. */
export function periodsOf(metrics: string, namespace: string): Map<string, Periods> {
  const found = new Map<string, Periods>();
  const pattern = /^container_cpu_cfs_(throttled_)?periods_total\{([^}]*)\} (\S+)/gm;
  for (const [, throttled, labels = "", value] of metrics.matchAll(pattern)) {
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    if (label("namespace") !== namespace || label("container") !== "" || label("pod") === "") continue;
    const before = found.get(label("pod")) ?? { all: 0, throttled: 0 };
    found.set(label("pod"), { ...before, [throttled === undefined ? "all" : "throttled"]: Number(value) });
  }
  return found;
}

/** The same, from the kubelets of the pods' nodes. */
export async function cpuPeriods(
  cluster: Cluster,
  namespace: string,
  pods: readonly Pod[],
): Promise<Map<string, Periods>> {
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []))];
  const texts = await Promise.all(nodes.map((node) => cluster.raw(`/api/v1/nodes/${node}/proxy/metrics/cadvisor`)));
  return new Map(texts.flatMap((text) => [...periodsOf(text, namespace)]));
}

/** Percentage of throttled periods between two moments, of the most throttled pod. Undefined where no kubelet reports periods. */
export function throttledPercent(
  before: ReadonlyMap<string, Periods>,
  after: ReadonlyMap<string, Periods>,
): number | undefined {
  if (after.size === 0) return undefined;
  const shares = [...after].map(([pod, { all, throttled }]) => {
    const first = before.get(pod) ?? { all: 0, throttled: 0 };
    return all > first.all ? ((throttled - first.throttled) / (all - first.all)) * 100 : 0;
  });
  return Math.round(Math.max(0, ...shares) * 10) / 10;
}

/** Containers that were OOM-killed since: those that restarted with that reason. */
export function outOfMemory(before: readonly Pod[], after: readonly Pod[]): number {
  const restarts = (pods: readonly Pod[]): Map<string, number> =>
    new Map(
      pods.flatMap(({ metadata, status }) =>
        (status.containerStatuses ?? []).map(
          ({ name, restartCount }) => [`${metadata.uid}/${name}`, restartCount] as const,
        ),
      ),
    );
  const known = restarts(before);
  return after
    .flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).map((one) => ({ key: `${metadata.uid}/${one.name}`, one })),
    )
    .filter(({ key, one }) => one.restartCount > (known.get(key) ?? 0))
    .filter(({ one }) => (one.lastState?.terminated ?? one.state?.terminated)?.reason === "OOMKilled").length;
}
