import { Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { observeRelease } from "../../cluster/releases";
import { applicationName } from "../../components/delivery-objects";
import type { Delivery } from "../../config/delivery-schema";
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

type ReleaseName = Pick<ReleaseStatus, "namespace" | "release">;

interface Workload {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

/** What is read of an Application of Argo CD. */
interface Application {
  readonly status?: { readonly sync?: { readonly status?: string }; readonly health?: { readonly status?: string } };
}

/** The status as its installer (Helm, Argo CD or Flux) reports it, and whether that means healthy. */
interface Installed {
  readonly status: string;
  readonly revision: number | null;
  readonly isDone: boolean;
}

async function installed(cluster: Cluster, delivery: Delivery, at: ReleaseName): Promise<Installed> {
  if (delivery.with !== "argocd") {
    const state = await observeRelease(cluster, at.namespace, at.release);
    const status = state?.status ?? "not installed";
    return { status, revision: state?.revision ?? null, isDone: status === "deployed" };
  }
  const found = await cluster.get<Application>("applications.argoproj.io", applicationName(at), delivery.namespace);
  const { sync, health } = found?.status ?? {};
  const status = found === undefined ? "not installed" : `${sync?.status ?? "Unknown"}, ${health?.status ?? "Unknown"}`;
  return { status, revision: null, isDone: sync?.status === "Synced" && health?.status === "Healthy" };
}

async function statusOf(cluster: Cluster, delivery: Delivery, at: ReleaseName): Promise<ReleaseStatus> {
  const { namespace, release } = at;
  const { status, revision, isDone } = await installed(cluster, delivery, at);
  const selector = `app.kubernetes.io/instance=${release}`;
  const workloads = await cluster.list<Workload>("deployments,statefulsets", { namespace, selector });
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
  };
}

/** What the cluster says of every release of a stack. Throws a UserError when it cannot be asked. */
export async function status(stack: string): Promise<ReleaseStatus[]> {
  const config = checkStackFile(stack);
  const cluster = new Cluster(config.cluster.context);
  try {
    return await Promise.all(requirementsOf(config).map((at) => statusOf(cluster, config.delivery, at)));
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
