import { type Cluster, unlessForbidden } from "../../cluster/cluster";
import { observeRelease } from "../../cluster/releases";
import { applicationName } from "../../components/delivery-objects";
import type { Delivery } from "../../config/delivery-schema";
import { type Application, applicationState, gitOpsWarnings, type Named } from "./gitops-words";

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
  const [state, warnings] = await Promise.all([
    delivery.with === "argocd" ? byArgo(cluster, delivery.namespace, at) : byHelm(cluster, at),
    gitOpsWarnings(cluster, delivery, at),
  ]);
  return { ...state, isDone: state.isDone && warnings.length === 0, warnings };
}

/** As Helm has it, whoever uses Helm. */
async function byHelm(cluster: Cluster, { namespace, release }: Named): Promise<Omit<Installed, "warnings">> {
  const state = await observeRelease(cluster, namespace, release);
  const status = state?.status ?? "not installed";
  return { status, revision: state?.revision ?? null, isDone: status === "deployed" };
}

/** As Argo CD has it, which keeps no records of Helm. */
async function byArgo(cluster: Cluster, namespace: string, at: Named): Promise<Omit<Installed, "warnings">> {
  const asked = cluster.get<Application>("applications.argoproj.io", applicationName(at), namespace);
  const found = await unlessForbidden<Application | undefined | "unknown">(asked, "unknown");
  const status = found === undefined ? "not installed" : found === "unknown" ? found : applicationState(found);
  return { status, revision: null, isDone: status === "Synced, Healthy" };
}
