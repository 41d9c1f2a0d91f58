import { Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { observeRelease } from "../../cluster/releases";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { requirementsOf } from "../../systems/registry";
import { checkStackFile } from "./stack-file";

/** One release as the cluster has it. */
export interface ReleaseStatus {
  readonly namespace: string;
  readonly release: string;
  readonly revision: number | null;
  readonly status: string;
  /** Ready pods of all that should be. */
  readonly ready: number;
  readonly pods: number;
  readonly healthy: boolean;
}

interface Workload {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

async function statusOf(cluster: Cluster, namespace: string, release: string): Promise<ReleaseStatus> {
  const state = await observeRelease(cluster, namespace, release);
  const selector = `app.kubernetes.io/instance=${release}`;
  const workloads = await cluster.list<Workload>("deployments,statefulsets", { namespace, selector });
  const pods = workloads.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0);
  const ready = workloads.reduce(
    (sum, one) => sum + Math.min(one.status.readyReplicas ?? 0, one.status.updatedReplicas ?? 0),
    0,
  );
  const status = state?.status ?? "not installed";
  return {
    namespace,
    release,
    revision: state?.revision ?? null,
    status,
    ready,
    pods,
    healthy: status === "deployed" && ready === pods,
  };
}

/** What the cluster says of every release of a stack. Throws a UserError when it cannot be asked. */
export async function status(stack: string): Promise<ReleaseStatus[]> {
  const config = checkStackFile(stack);
  const cluster = new Cluster(config.cluster.context);
  try {
    return await Promise.all(
      requirementsOf(config).map(({ namespace, release }) => statusOf(cluster, namespace, release)),
    );
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    throw new UserError(cluster.unavailable(error));
  }
}

/** The same for a person. */
export function statusTable(rows: readonly ReleaseStatus[]): string {
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
