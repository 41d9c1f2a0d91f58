import type { RunHost } from "../process/run-events";
import type { Cluster } from "./cluster";
import { keyOf, type ObjectMetadata, type Reference, withMetadata } from "./object-metadata";
import { untilGone } from "./orphaned-objects";
import { dropRecords } from "./release-repairs";
import { observeRelease } from "./releases";
import { type Deployment, referenceOf } from "./stack-state";

export interface MissingResourcesArgs {
  readonly cluster: Cluster;
  readonly state: Deployment;
  /** What follows: a destroy takes what is half gone on from where it is, an `up` waits until it is gone and recreates it. */
  readonly next: "up" | "destroy";
  readonly host: RunHost;
}

/**
 * Resources in the state that no longer exist in the cluster, by URN: when a provider is killed, the engine records its deletions as
 * failed, though they may have happened or may still be in progress. The caller holds the stack's lock. Throws ClusterUnavailable.
 */
export async function findMissingResources({ cluster, state, next, host }: MissingResourcesArgs): Promise<string[]> {
  const entries = (state.resources ?? []).filter((entry) => !entry.delete);
  const made = entries.flatMap((entry) => {
    const reference = referenceOf(entry);
    return reference ? [{ urn: entry.urn, reference }] : [];
  });
  const objects = made.filter(({ reference }) => reference.kind !== "Release");
  const there = await present(
    cluster,
    objects.map(({ reference }) => reference),
    next === "up",
  );
  const gone = objects.filter(({ reference }) => !there.has(keyOf(reference)));
  const isGone = async ({ reference }: { readonly reference: Reference }): Promise<boolean> => {
    const { name, namespace = "" } = reference.metadata;
    const record = await observeRelease(cluster, namespace, name);
    if (!record) return true;
    if (next === "destroy" || record.status !== "uninstalling") return false;
    // It can be neither upgraded nor told from one that is well: without records it is reinstalled.
    await dropRecords(cluster, namespace, name);
    host.notify({ code: "repair.partial-uninstall", data: { namespace, release: name } });
    return true;
  };
  const releases = made.filter(({ reference }) => reference.kind === "Release");
  const verdicts = await Promise.all(releases.map(isGone));
  return [...gone, ...releases.filter((_, index) => verdicts[index])].map(({ urn }) => urn);
}

/** Keys of the objects that exist in the cluster; with `settled`, after those that are being deleted are gone. */
function present(cluster: Cluster, objects: readonly Reference[], settled: boolean): Promise<Set<string>> {
  return withMetadata(cluster, async (reader) => {
    let there: readonly ObjectMetadata[] = [];
    const leaving = async (): Promise<string[]> => {
      there = await reader.find(objects);
      const going = there.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      return going.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    };
    await (settled ? untilGone(leaving) : leaving());
    return new Set(there.map(keyOf));
  });
}
