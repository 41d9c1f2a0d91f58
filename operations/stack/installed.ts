import type { Cluster } from "../../cluster/cluster";
import { observeRelease } from "../../cluster/releases";
import { applicationName } from "../../components/delivery-objects";
import type { Delivery } from "../../config/delivery-schema";

/** The status as its installer (Helm, Argo CD or Flux) reports it, and whether that means healthy. */
export interface Installed {
  readonly status: string;
  readonly revision: number | null;
  readonly isDone: boolean;
  /** What the installer says of objects that are not as the stack has them. */
  readonly warnings: readonly string[];
}

/** What is read of an Application of Argo CD. */
interface Application {
  readonly status?: { readonly sync?: { readonly status?: string }; readonly health?: { readonly status?: string } };
}

/** What is read of an object of Flux. */
export interface FluxObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly observedGeneration?: number;
    }[];
  };
}

const fluxKinds = ["ocirepositories.source.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io"] as const;

/** Flux's words for an object that is not, or not yet, what was asked for; none when it is. */
export function notReady({ kind, metadata: { name, generation }, status }: FluxObject): string[] {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const isSeen = (ready?.observedGeneration ?? generation) === generation;
  if (ready?.status === "True" && isSeen) return [];
  const words = ready === undefined || !isSeen ? "Flux has not looked at it yet" : (ready.message ?? ready.status);
  return [`${kind} ${name}: ${words}`.replaceAll(/\s+/g, " ")];
}

/** What Flux says of a release that is not, or not yet, as the stack has it. Throws ClusterUnavailable. */
export async function byFlux(
  cluster: Cluster,
  { namespace, release }: { readonly namespace: string; readonly release: string },
): Promise<string[]> {
  const found = await Promise.all(fluxKinds.map((kind) => cluster.get<FluxObject>(kind, release, namespace)));
  return found.flatMap((one) => (one === undefined ? [] : notReady(one)));
}

/** What the one who installs the release says of it. Throws ClusterUnavailable. */
export async function installed(
  cluster: Cluster,
  delivery: Delivery,
  at: { readonly namespace: string; readonly release: string },
): Promise<Installed> {
  if (delivery.with !== "argocd") {
    const [state, warnings] = await Promise.all([
      observeRelease(cluster, at.namespace, at.release),
      delivery.with === "flux" ? byFlux(cluster, at) : [],
    ]);
    const status = state?.status ?? "not installed";
    const isDone = status === "deployed" && warnings.length === 0;
    return { status, revision: state?.revision ?? null, isDone, warnings };
  }
  const found = await cluster.get<Application>("applications.argoproj.io", applicationName(at), delivery.namespace);
  const { sync, health } = found?.status ?? {};
  const status = found === undefined ? "not installed" : `${sync?.status ?? "Unknown"}, ${health?.status ?? "Unknown"}`;
  const isDone = sync?.status === "Synced" && health?.status === "Healthy";
  return { status, revision: null, isDone, warnings: [] };
}
