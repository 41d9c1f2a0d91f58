import { type Cluster, ClusterUnavailable, unlessForbidden } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import type { Delivery } from "../../config/delivery-schema";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { requirementsOf } from "../../systems/registry";
import { installed } from "./installed";
import { checkStackFile } from "./stack-file";

/** Status of one release in the cluster. */
export interface ReleaseStatus {
  readonly namespace: string;
  readonly release: string;
  readonly revision: number | null;
  readonly status: string;
  /** Ready pods of the desired number. */
  readonly ready: number;
  readonly pods: number;
  readonly healthy: boolean;
  /** What a person should know: what Argo CD or Flux says of objects that are not ready, and Events of pods that are warnings and were not followed by anything better. */
  readonly warnings: readonly string[];
}

type ReleaseName = Pick<ReleaseStatus, "namespace" | "release">;

interface Workload {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

/** What is read of a pod. */
export interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** What is read of an Event of a pod. */
export interface PodEvent {
  readonly involvedObject: { readonly name: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** Age in minutes up to which a warning counts: a lasting one is repeated before that. */
const fresh = 15;

const timeOf = ({ series, lastTimestamp, eventTime, firstTimestamp }: PodEvent): number =>
  Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? "");

/** The latest warning Events of a pod: of its own program, and for a pod that is not ready of any reporter. `now`: in milliseconds. */
export function warningsOf(pods: readonly Pod[], events: readonly PodEvent[], now: number): string[] {
  const last = new Map<string, { readonly pod: Pod; readonly by: string; readonly event: PodEvent }>();
  for (const event of [...events].sort((a, b) => timeOf(a) - timeOf(b))) {
    const pod = pods.find(({ metadata }) => metadata.name === event.involvedObject.name);
    const by = event.reportingComponent || event.source?.component || "";
    if (pod !== undefined) last.set(`${pod.metadata.name} ${by}`, { pod, by, event });
  }
  const isReady = ({ status }: Pod): boolean =>
    (status.conditions ?? []).some(({ type, status: word }) => type === "Ready" && word === "True");
  return [...last.values()]
    .filter(({ event }) => event.type === "Warning" && now - timeOf(event) < fresh * 60_000)
    .filter(({ pod, by }) => !isReady(pod) || !clusterComponents.has(by))
    .map(({ pod, event }) => `${pod.metadata.name}: ${event.reason}: ${event.message}`.replaceAll(/\s+/g, " "))
    .sort();
}

/** Cluster components that report warnings about a pod while it starts or stops, and no recovery. */
const clusterComponents: ReadonlySet<string> = new Set([
  ...["kubelet", "default-scheduler", "taint-eviction-controller", "attachdetach-controller"],
  ...["replicaset-controller", "statefulset-controller", "job-controller", "endpoint-slice-controller"],
]);

async function statusOf(cluster: Cluster, delivery: Delivery, at: ReleaseName): Promise<ReleaseStatus> {
  const { namespace, release } = at;
  const selector = `app.kubernetes.io/instance=${release}`;
  const [{ status, revision, isDone, warnings }, workloads, running, events] = await Promise.all([
    installed(cluster, delivery, at),
    cluster.list<Workload>("deployments,statefulsets", { namespace, selector }),
    cluster.list<Pod>("pods", { namespace, selector }),
    unlessForbidden(cluster.list<PodEvent>("events", { namespace, fields: "involvedObject.kind=Pod" }), []),
  ]);
  const pods = workloads.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0);
  const ready = workloads.reduce(
    (sum, one) => sum + Math.min(one.status.readyReplicas ?? 0, one.status.updatedReplicas ?? 0),
    0,
  );
  return {
    namespace,
    release,
    revision,
    status,
    ready,
    pods,
    healthy: isDone && ready === pods,
    warnings: [...warnings, ...warningsOf(running, events, Date.now())],
  };
}

/** Status of every release of a stack. Throws a UserError when the cluster cannot be reached. */
export async function status(stack: string): Promise<ReleaseStatus[]> {
  const config = checkStackFile(stack);
  const cluster = new VerifiedCluster(config.cluster);
  try {
    return await Promise.all(requirementsOf(config).map((at) => statusOf(cluster, config.delivery, at)));
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    throw new UserError(cluster.unavailable(error));
  }
}

/** The same as text. */
export function statusTable(rows: readonly ReleaseStatus[]): string {
  const warnings = rows.flatMap(({ namespace, warnings: all }) => all.map((one) => `${namespace}/${one}`));
  return [statusOfAll(rows), ...(warnings.length > 0 ? ["", ...warnings] : [])].join("\n");
}

function statusOfAll(rows: readonly ReleaseStatus[]): string {
  return table(
    ["NAMESPACE", "RELEASE", "REVISION", "STATUS", "READY", "HEALTHY"],
    rows.map((row) => [
      row.namespace,
      row.release,
      String(row.revision ?? "-"),
      row.status,
      `${row.ready}/${row.pods}`,
      row.healthy ? "yes" : "no",
    ]),
  );
}
