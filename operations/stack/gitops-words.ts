import { isDeepStrictEqual } from "node:util";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { applicationName } from "../../components/delivery-objects";
import type { Delivery, GitOps } from "../../config/delivery-schema";

/** What Argo CD or Flux says of the objects that stand for a release, where that is not what the stack asked for. */

/** A release by its name. */
export interface Named {
  readonly namespace: string;
  readonly release: string;
}

interface Condition {
  readonly type: string;
  readonly status?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** What is read of an object of Flux. */
export interface FluxObject {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** What is read of an Application of Argo CD. */
export interface Application {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string };
  readonly spec?: {
    readonly source?: unknown;
    readonly syncPolicy?: {
      readonly automated?: { readonly enabled?: boolean; readonly prune?: boolean };
      readonly syncOptions?: readonly string[];
    };
  };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly comparedTo?: { readonly source?: unknown } };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly Condition[];
    /** The last sync. One that waits to be retried is `Running`, and has the time its last try ended. */
    readonly operationState?: { readonly phase?: string; readonly message?: string; readonly finishedAt?: string };
    readonly resources?: readonly { readonly kind: string; readonly name: string; readonly status?: string }[];
  };
}

const conditionOf = ({ status }: FluxObject, type: string): Condition | undefined =>
  status?.conditions?.find((one) => one.type === type);

/** Whether a condition is about the object as it is now. */
const isOf = ({ observedGeneration }: Condition, generation: number | undefined): boolean =>
  (observedGeneration ?? generation) === generation;

export const readyOf = (object: FluxObject): Condition | undefined => conditionOf(object, "Ready");

/** Flux's words for an object that is not, or not yet, what was asked for; none when it is. */
export function fluxWords(object: FluxObject): string[] {
  const { generation } = object.metadata;
  if (object.spec?.suspend) return ["suspended, Flux leaves it as it is"];
  const ready = readyOf(object);
  if (ready === undefined || !isOf(ready, generation)) return ["Flux has not looked at it yet"];
  if (ready.status === "True") return [];
  // Why a release failed, which is no longer what it says once it is rolled back or tried again.
  const released = conditionOf(object, "Released");
  const failed = released?.status === "False" && isOf(released, generation) ? [released.message ?? ""] : [];
  return [...new Set([...failed, ready.message ?? String(ready.status)])];
}

/** `Synced, Healthy`: what Argo CD shows of an Application. */
export const applicationState = ({ status }: Application): string =>
  `${status?.sync?.status ?? "Unknown"}, ${status?.health?.status ?? "Unknown"}`;

/** Whether someone has Argo CD leave an Application as it is. */
export function isSuspended({ metadata, spec }: Application): boolean {
  const automated = spec?.syncPolicy?.automated;
  const isSkipped = metadata.annotations?.["argocd.argoproj.io/skip-reconcile"] === "true";
  return isSkipped || automated === undefined || automated.enabled === false;
}

/** Argo CD's words for an Application that is not, or not yet, what was asked for; none when it is. */
export function argoWords(application: Application): string[] {
  const { spec, status } = application;
  if (isSuspended(application)) return ["suspended, Argo CD leaves it as it is"];
  if (!isDeepStrictEqual(status?.sync?.comparedTo?.source, spec?.source) && !isRefused(status))
    return ["Argo CD has not looked at it yet"];
  const errors = errorsOf(status);
  if (errors.length > 0) return errors;
  const state = applicationState(application);
  if (state === "Synced, Healthy") return [];
  const { phase = "", message } = status?.operationState ?? {};
  const others = (status?.resources ?? []).filter((one) => one.status === "OutOfSync");
  const which = others.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const said = phase === "Succeeded" ? undefined : message;
  return [[state, which, said].filter((one) => one !== undefined && one !== "").join(": ")];
}

/** The conditions of an Application that are errors. */
export const errorsOf = (status: Application["status"]): string[] =>
  (status?.conditions ?? [])
    .filter(({ type }) => type.endsWith("Error"))
    .map(({ type, message }) => `${type}: ${message}`);

/** A specification that Argo CD does not accept is compared to nothing. */
const isRefused = (status: Application["status"]): boolean =>
  (status?.conditions ?? []).some(({ type }) => type === "InvalidSpecError");

/** An object that stands for a release. */
interface Watched {
  readonly kind: string;
  readonly name: string;
  /** What a cluster is asked for. */
  readonly resource: string;
  readonly namespace: string;
  readonly words: (object: never) => string[];
}

function watched(delivery: GitOps, at: Named): readonly Watched[] {
  if (delivery.with === "argocd") {
    const { namespace } = delivery;
    const resource = "applications.argoproj.io";
    return [{ kind: "Application", name: applicationName(at), resource, namespace, words: argoWords }];
  }
  const object = { name: at.release, namespace: at.namespace, words: fluxWords };
  return [
    { kind: "OCIRepository", resource: "ocirepositories.source.toolkit.fluxcd.io", ...object },
    { kind: "HelmRelease", resource: "helmreleases.helm.toolkit.fluxcd.io", ...object },
  ];
}

/** What is known of an object that stands for a release. */
export interface Observed {
  /** The object; undefined when it is not in the cluster or cannot be read. */
  readonly object?: unknown;
  /** Why it cannot be read. */
  readonly error?: ClusterUnavailable;
  /** Why the release is not known to be as the stack has it, a line each; none when it is. */
  readonly lines: readonly string[];
}

async function observe(cluster: Cluster, { kind, name, resource, namespace, words }: Watched): Promise<Observed> {
  const lines = (said: readonly string[]): string[] =>
    said.map((word) => `${kind} ${name}: ${word}`.replaceAll(/\s+/g, " "));
  try {
    const object = await cluster.get<unknown>(resource, name, namespace);
    return { object, lines: lines(object === undefined ? ["not in the cluster"] : words(object as never)) };
  } catch (error) {
    if (error instanceof ClusterUnavailable) return { error, lines: lines([error.message]) };
    throw error;
  }
}

/** Reads the objects that stand for a release, each once; there are none without a controller. */
export async function observeGitOps(cluster: Cluster, delivery: Delivery, at: Named): Promise<readonly Observed[]> {
  return delivery.with === "release" ? [] : Promise.all(watched(delivery, at).map((one) => observe(cluster, one)));
}

/** What the controller says of a release that is not, or not yet, as the stack has it; nothing of an object that is missing or cannot be read. */
export async function gitOpsFailures(cluster: Cluster, delivery: Delivery, at: Named): Promise<string[]> {
  const found = await observeGitOps(cluster, delivery, at);
  return found.flatMap(({ object, lines }) => (object === undefined ? [] : lines));
}
