import { setTimeout as sleep } from "node:timers/promises";
import type { RunHost } from "../process/run-events";
import type { Cluster } from "./cluster";
import { isKept } from "./custom-resources";
import { type Evidence, endInterrupted } from "./interrupted-release";
import { ownerAnnotation } from "./labels";
import { keyOf, type MetadataReader, type Reference, withMetadata } from "./object-metadata";
import { isMadeBy, madeSelector, type ReleaseLocation } from "./own-objects";
import { type Deployment, madeIn, referenceOf, releaseReference } from "./stack-state";

/** Objects that interrupted creations may have left in the cluster; never objects that the state contains. */
export function interruptedCreates(state: Deployment): Reference[] {
  const made = madeIn(state);
  const begun = (state.pending_operations ?? [])
    .filter(({ type }) => type === "creating")
    .flatMap(({ resource }) => referenceOf(resource) ?? []);
  return begun.filter((one) => !made.has(keyOf(one)));
}

const namespaceReference = (name: string): Reference => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

export interface DeleteOrphansArgs {
  readonly cluster: Cluster;
  /** `<project>/<stack>` whose orphans these are. */
  readonly owner: string;
  readonly places: readonly ReleaseLocation[];
  readonly evidence: Evidence;
  readonly host: RunHost;
}

/**
 * Deletes the orphans of interrupted runs: objects that were created and not recorded in the state. The run that follows creates
 * them again. They are found by their markers, whatever their kind and namespace: when a provider is killed, the engine records its
 * creations as failed, though they may have happened. A namespace is deleted only while it is empty; otherwise the run adopts it. Of
 * a release only Helm's records are repaired: its objects keep running. A stack without a state has no orphans. What outlives its
 * stack, such as a CustomResourceDefinition with the objects of all its users, stays: the run adopts it. The caller holds the
 * stack's lock. Throws ClusterUnavailable.
 */
export async function deleteOrphans(args: DeleteOrphansArgs): Promise<void> {
  const { cluster, evidence, host } = args;
  const { resources = [], pending_operations: pending = [] } = evidence.state;
  if (resources.length === 0 && pending.length === 0) return;
  const { releases, objects } = await withMetadata(cluster, (reader) => lookFor(reader, args));
  for (const release of releases) await endInterrupted(cluster, release, evidence, host);
  if (objects.length > 0) await remove(cluster, objects, host);
}

/** Releases of the stack's own namespaces, and every object of it that its state does not hold. */
async function lookFor(
  reader: MetadataReader,
  { owner, places, evidence: { state } }: DeleteOrphansArgs,
): Promise<{ readonly releases: readonly Reference[]; readonly objects: readonly Reference[] }> {
  const made = madeIn(state);
  const begun = interruptedCreates(state);
  const named = [...places.map(({ namespace }) => namespace), ...begun.flatMap((one) => namespaceOf(one) ?? [])];
  const own = await ownNamespaces(reader, named, owner);
  // In a namespace that the state does not contain, nothing was created yet; or it was handed over, with another owner's objects.
  const held = [...own].filter((name) => made.has(keyOf(namespaceReference(name))));
  const lists = await Promise.all([undefined, ...held].map((namespace) => reader.list(madeSelector, namespace)));
  const left = lists.flat().filter((one) => isMadeBy(owner, places, one) && !isKept(one) && !made.has(keyOf(one)));
  const interrupted = begun.filter((one) => own.has(namespaceOf(one) ?? ""));
  const releases = places.map(({ namespace, release }) => releaseReference(namespace, release));
  const objects = await Promise.all(
    unique([...interrupted, ...left])
      .filter(({ kind }) => kind !== "Release")
      .map(async (one) => (one.kind !== "Namespace" || (await isBare(reader, one.metadata.name)) ? [one] : [])),
  );
  return {
    releases: unique([...interrupted.filter(({ kind }) => kind === "Release"), ...releases]).filter((one) =>
      own.has(namespaceOf(one) ?? ""),
    ),
    objects: objects.flat().map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      apiVersion,
      kind,
      metadata: namespace === undefined ? { name } : { name, namespace },
    })),
  };
}

const unique = (all: readonly Reference[]): Reference[] => [...new Map(all.map((one) => [keyOf(one), one])).values()];

const namespaceOf = ({ kind, metadata }: Reference): string | undefined =>
  kind === "Namespace" ? metadata.name : metadata.namespace;

async function ownNamespaces(reader: MetadataReader, names: readonly string[], owner: string): Promise<Set<string>> {
  const found = await reader.find([...new Set(names)].map(namespaceReference));
  const own = found.filter(({ metadata }) => metadata.annotations?.[ownerAnnotation] === owner);
  return new Set(own.map(({ metadata }) => metadata.name));
}

/** Objects that the cluster itself creates in every namespace. */
const native = new Set(["ConfigMap kube-root-ca.crt", "ServiceAccount default"]);

/** Whether a namespace is empty, apart from the cluster's own objects. */
async function isBare(reader: MetadataReader, namespace: string): Promise<boolean> {
  const inside = await reader.list("", namespace);
  return inside.every(({ kind, metadata }) => kind === "Event" || native.has(`${kind} ${metadata.name}`));
}

/** Seconds to wait for the deletion of orphans, at most a namespace with its content. */
const patience = 90;

async function remove(cluster: Cluster, objects: readonly Reference[], { notify }: RunHost): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const removed = await cluster.kubectl(
    ["delete", "-f", "-", "--ignore-not-found", "--wait=false", "-o", "name"],
    list,
  );
  for (const line of removed.trim().split("\n").filter(Boolean)) {
    const [kind = "", name = ""] = line.split("/"); // neither has a slash of its own
    notify({ code: "repair.removed-object", data: { kind, name } });
  }
  await untilGone(async () => {
    const left = await cluster.kubectl(["get", "-f", "-", "--ignore-not-found", "-o", "name"], list);
    return left.trim().split("\n").filter(Boolean);
  });
}

/** Waits until all are gone, and fails with the names of those that still exist after so many seconds. */
export async function untilGone(left: () => Promise<readonly string[]>, seconds = patience): Promise<void> {
  const start = Date.now();
  for (let names = await left(); names.length > 0; names = await left()) {
    if (Date.now() - start > seconds * 1000) throw new Error(`still there after ${seconds} s: ${names.join(", ")}`);
    await sleep(200);
  }
}
