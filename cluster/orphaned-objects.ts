import { setTimeout as sleep } from "node:timers/promises";
import type { RunHost } from "../process/run-events";
import type { Cluster } from "./cluster";
import { isKept } from "./custom-resources";
import { type Evidence, endInterrupted } from "./interrupted-release";
import { ownerAnnotation } from "./labels";
import { keyOf, type MetadataReader, type Reference, withMetadata } from "./object-metadata";
import { isMadeBy, madeSelector, type ReleaseLocation } from "./own-objects";
import { type Deployment, madeIn, referenceOf, releaseReference } from "./stack-state";

/** What creations that were interrupted may have left in the cluster; never what the state holds as made. */
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
  /** `<project>/<stack>` whose leftovers these are. */
  readonly owner: string;
  readonly places: readonly ReleaseLocation[];
  readonly evidence: Evidence;
  readonly host: RunHost;
}

/**
 * Takes away what an interrupted run had created and not written down, so that one copy remains: the run that follows makes
 * it again. Told by its marks, of whatever kind and wherever it is: when a provider is killed, the engine notes its creations
 * as failed, though they may have happened. A namespace goes only while it is bare, as an interrupted creation leaves it; one
 * with anything in it is taken over by the run. Of a release only Helm's records are repaired: its objects keep running. A stack
 * without a state has left nothing. What outlives its stack, such as a CustomResourceDefinition with everybody's objects, stays:
 * the run takes it over. Nobody else may change the stack meanwhile. Throws ClusterUnavailable.
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
  // In a namespace that the state does not hold nothing was made yet; or it was handed over, and is another's work.
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

/** What the cluster itself puts into every namespace. */
const native = new Set(["ConfigMap kube-root-ca.crt", "ServiceAccount default"]);

/** Whether a namespace holds nothing of anybody. */
async function isBare(reader: MetadataReader, namespace: string): Promise<boolean> {
  const inside = await reader.list("", namespace);
  return inside.every(({ kind, metadata }) => kind === "Event" || native.has(`${kind} ${metadata.name}`));
}

/** Seconds that half-made objects, a namespace with all in it at most, get to be gone. */
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

/** Waits until nothing is left, and fails with the names of what still is after so many seconds. */
export async function untilGone(left: () => Promise<readonly string[]>, seconds = patience): Promise<void> {
  const start = Date.now();
  for (let names = await left(); names.length > 0; names = await left()) {
    if (Date.now() - start > seconds * 1000) throw new Error(`still there after ${seconds} s: ${names.join(", ")}`);
    await sleep(200);
  }
}
