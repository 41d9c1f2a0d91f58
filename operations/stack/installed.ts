import { type Cluster, Forbidden } from "../../cluster/cluster";
import { observeRelease } from "../../cluster/releases";
import type { Delivery } from "../../config/delivery-schema";
import { type Application, applicationState, type Named, type Observed, observeGitOps } from "./gitops-words";

/** The status as its installer (Helm, Argo CD or Flux) reports it, and whether that means healthy. */
export interface Installed {
  readonly status: string;
  readonly revision: number | null;
  readonly isDone: boolean;
  /** What the installer says of objects that are not as the stack has them. */
  readonly warnings: readonly string[];
}

/** What the one who installs the release says of it. Throws ClusterUnavailable. */
export async function installed(cluster: Cluster, delivery: Delivery, at: Named): Promise<Installed> {
  const [helm, observed] = await Promise.all([
    delivery.with === "argocd" ? undefined : byHelm(cluster, at),
    observeGitOps(cluster, delivery, at),
  ]);
  const state = helm ?? byArgo(observed[0]);
  const warnings = observed.flatMap(({ lines }) => lines);
  return { ...state, isDone: state.isDone && warnings.length === 0, warnings };
}

/** The status in Helm's own record, which Flux keeps too. */
async function byHelm(cluster: Cluster, { namespace, release }: Named): Promise<Omit<Installed, "warnings">> {
  const state = await observeRelease(cluster, namespace, release);
  const status = state?.status ?? "not installed";
  return { status, revision: state?.revision ?? null, isDone: status === "deployed" };
}

/** The status of the Application: Argo CD keeps no record of Helm's. Throws ClusterUnavailable, but not where it is forbidden to read it. */
function byArgo({ object, error }: Partial<Observed> = {}): Omit<Installed, "warnings"> {
  if (error !== undefined && !(error instanceof Forbidden)) throw error;
  const known = object === undefined ? "not installed" : applicationState(object as Application);
  const status = error === undefined ? known : "unknown";
  return { status, revision: null, isDone: status === "Synced, Healthy" };
}
