import { isDeepStrictEqual } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import type { DeliveryObject } from "../../components/delivery-objects";
import type { RunHost } from "../../process/run-events";
import { type Application, errorsOf, type FluxObject, isSuspended, readyOf } from "./gitops-words";

/**
 * Has Argo CD and Flux try again what they have failed to install. By themselves they stop after some retries of one source, and Argo CD keeps to the source a
 * sync began with until they are spent: `retry.refresh` resolves its revision again and not what the Application has since (argo-cd v3.2
 * controller/appcontroller.go, processRequestedAppOperation and alreadyAttemptedSync; helm-controller v1.6 internal/action/reset.go).
 */

/** An object by which the stack has a release installed, as the preview has it. */
export type Planned = Pick<DeliveryObject, "apiVersion" | "kind" | "metadata" | "spec">;

const deliveryTypes: ReadonlySet<string> = new Set([
  "kubernetes:argoproj.io/v1alpha1:Application",
  "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
  "kubernetes:source.toolkit.fluxcd.io/v1:OCIRepository",
]);

/** The object that an event of a preview is about; undefined for one of another kind. */
export function plannedIn({ resourcePreEvent }: EngineEvent): Planned | undefined {
  const { type = "", new: planned } = resourcePreEvent?.metadata ?? {};
  return deliveryTypes.has(type) ? (planned?.inputs as Planned | undefined) : undefined;
}

type Live = (Application | FluxObject) & { readonly spec?: object };

/** Asks for another try of each release that failed, before the run changes its objects. What cannot be asked is a warning: the run itself may succeed. */
export async function retryFailed(cluster: Cluster, planned: readonly Planned[], { notify }: RunHost): Promise<void> {
  for (const objects of releasesIn(planned))
    try {
      const found = await Promise.all(objects.map((one) => cluster.get<Live>(...placeOf(one))));
      for (const [index, change] of requests(objects, found).entries()) {
        if (change === undefined) continue;
        const [resource, name, namespace] = placeOf(objects[index] as Planned);
        await cluster.kubectl(["patch", resource, name, "-n", namespace, "--type=merge", "-p", JSON.stringify(change)]);
        notify({ code: "delivery.retry", data: { kind: (objects[index] as Planned).kind, name } });
      }
    } catch (error) {
      if (!(error instanceof ClusterUnavailable)) throw error;
      const names = objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`).join(", ");
      notify({ code: "warning", data: { message: `${names}: cannot be told to try again: ${error.message}` } });
    }
}

/** Flux has two objects of one release, with the release's name. */
function releasesIn(planned: readonly Planned[]): Planned[][] {
  const releases = new Map<string, Planned[]>();
  for (const one of planned) {
    const { namespace, name } = one.metadata;
    const others = releases.get(`${namespace}/${name}`) ?? [];
    releases.set(`${namespace}/${name}`, [...others, one]);
  }
  return [...releases.values()];
}

const placeOf = ({ apiVersion, kind, metadata }: Planned): [resource: string, name: string, namespace: string] => [
  `${kind.toLowerCase()}.${apiVersion.split("/")[0]}`,
  metadata.name,
  metadata.namespace,
];

/** What changes each object so that its controller tries again; undefined for one that is to be left alone. */
function requests(planned: readonly Planned[], live: readonly (Live | undefined)[]): (object | undefined)[] {
  const areAsPlanned = planned.every(({ spec }, index) => covers(live[index]?.spec, spec));
  return planned.map(({ kind, spec }, index) => {
    const object = live[index];
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    if (kind === "Application") return argoRequest(object as Application, (spec as { source?: unknown }).source);
    // A change of either object is a new try by itself; another try of what was before would only be in its way.
    return areAsPlanned ? fluxRequest(object as FluxObject) : undefined;
  });
}

/** A sync that failed and is not tried again is begun anew; one that waits to be retried with another source than planned is ended. */
function argoRequest(application: Application, source: unknown): object | undefined {
  if (isSuspended(application)) return undefined;
  const { spec, status } = application;
  const { phase = "", finishedAt } = status?.operationState ?? {};
  const isWaiting = phase === "Running" && finishedAt !== undefined;
  if (!isSameSource(spec?.source, source))
    return isWaiting ? { status: { operationState: { phase: "Terminating" } } } : undefined;
  const refresh = { metadata: { annotations: { "argocd.argoproj.io/refresh": "hard" } } };
  const hasFailed = isWaiting || ((phase === "Failed" || phase === "Error") && status?.sync?.status !== "Synced");
  if (!hasFailed) return errorsOf(status).length > 0 ? refresh : undefined;
  const { automated, syncOptions } = spec?.syncPolicy ?? {};
  const sync = { prune: automated?.prune === true, ...(syncOptions !== undefined && { syncOptions }) };
  // What automated sync does (util/argo/argo.go, SetAppOperation), but with the source that the Application has at each try.
  const operation = { initiatedBy: { username: "hardened" }, sync, retry: { limit: 5 } };
  return { ...refresh, operation, status: { operationState: null } };
}

/** The values are told apart by the name (components/delivery-objects.ts). */
const isSameSource = (live: unknown, planned: unknown): boolean =>
  ["repoURL", "targetRevision", "name"].every(
    (key) => (live as Record<string, unknown>)?.[key] === (planned as Record<string, unknown>)?.[key],
  );

/** Flux looks at once at an object that is asked for, and counts its failures from none again. */
function fluxRequest(object: FluxObject): object | undefined {
  if (object.spec?.suspend || readyOf(object)?.status !== "False") return undefined;
  const asked = new Date().toISOString();
  return {
    metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": asked, "reconcile.fluxcd.io/resetAt": asked } },
  };
}

/** Whether an object has all that is planned, beside what the API server adds. */
function covers(live: unknown, planned: unknown): boolean {
  if (planned === null || planned === undefined) return live === null || live === undefined;
  if (typeof planned !== "object" || Array.isArray(planned)) return isDeepStrictEqual(live, planned);
  return Object.entries(planned).every(([key, value]) => covers((live as Record<string, unknown>)?.[key], value));
}
