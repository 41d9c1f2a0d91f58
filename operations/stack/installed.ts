import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
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
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly observedGeneration?: number;
    }[];
  };
}

const fluxKinds: Readonly<Record<string, string>> = {
  OCIRepository: "ocirepositories.source.toolkit.fluxcd.io",
  HelmRelease: "helmreleases.helm.toolkit.fluxcd.io",
};

/** Flux's words for an object that is not, or not yet, what was asked for; none when it is. */
export function notReady({ kind, metadata: { name, generation }, spec, status }: FluxObject): string[] {
  if (spec?.suspend) return [`${kind} ${name}: suspended, Flux leaves it as it is`];
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const isSeen = (ready?.observedGeneration ?? generation) === generation;
  if (ready?.status === "True" && isSeen) return [];
  const words = ready === undefined || !isSeen ? "Flux has not looked at it yet" : (ready.message ?? ready.status);
  return [`${kind} ${name}: ${words}`.replaceAll(/\s+/g, " ")];
}

interface Named {
  readonly namespace: string;
  readonly release: string;
}

/** The objects of Flux that a release has, by kind: undefined for one that is not there, and why for one that cannot be asked for. */
const fluxObjects = (cluster: Cluster, { namespace, release }: Named) =>
  Promise.all(
    Object.entries(fluxKinds).map(async ([kind, resource]) => {
      const found = cluster.get<FluxObject>(resource, release, namespace).catch((error: unknown) => {
        if (error instanceof ClusterUnavailable) return error.message;
        throw error;
      });
      return [kind, await found] as const;
    }),
  );

/** What Flux says of a release that is not, or not yet, as the stack has it; nothing of what is not there or cannot be asked for. */
export async function fluxFailures(cluster: Cluster, at: Named): Promise<string[]> {
  const all = await fluxObjects(cluster, at);
  return all.flatMap(([, found]) => (found === undefined || typeof found === "string" ? [] : notReady(found)));
}

/** The same, and what is not there or cannot be asked for: that Flux has it as the stack has it is not known then. */
export async function fluxWarnings(cluster: Cluster, at: Named): Promise<string[]> {
  const all = await fluxObjects(cluster, at);
  return all.flatMap(([kind, found]) => {
    if (found === undefined) return [`${kind} ${at.release}: not in the cluster`];
    return typeof found === "string" ? [`${kind} ${at.release}: ${found}`] : notReady(found);
  });
}

/** What the one who installs the release says of it. Throws ClusterUnavailable. */
export async function installed(cluster: Cluster, delivery: Delivery, at: Named): Promise<Installed> {
  if (delivery.with !== "argocd") {
    const [state, warnings] = await Promise.all([
      observeRelease(cluster, at.namespace, at.release),
      delivery.with === "flux" ? fluxWarnings(cluster, at) : [],
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
