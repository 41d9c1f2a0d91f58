import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { dropRecords, observeRelease, pulumiWriter } from "./cluster-state";
import { kubectl } from "./kubectl";
import { ownerAnnotation } from "./labels";

/** A resource as Pulumi's exported state has it; only what is read here. */
export interface StateEntry {
  readonly urn: string;
  readonly type: string;
  /** An old copy that only waits for its deletion. */
  readonly delete?: boolean;
  readonly inputs?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly name?: string;
    readonly namespace?: string;
  };
}

/** What a killed run had begun and not written down as done. */
export interface PendingOperation {
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
  readonly resource: StateEntry;
}

/** The part of Pulumi's exported state that says what is there and what was interrupted. */
export interface Deployment {
  readonly resources?: readonly StateEntry[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** An object by its name in the cluster. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** The object or release a state entry stands for; nothing when it is neither. */
export function referenceOf({ type, inputs }: StateEntry): Reference | undefined {
  const { apiVersion, kind, metadata, name, namespace } = inputs ?? {};
  if (type === releaseType && name && namespace) {
    return { apiVersion: "helm.sh/v3", kind: "Release", metadata: { name, namespace } };
  }
  if (!type.startsWith("kubernetes:") || !apiVersion || !kind || !metadata?.name) return undefined;
  const { name: own, namespace: within } = metadata;
  return { apiVersion, kind, metadata: within ? { name: own, namespace: within } : { name: own } };
}

/** The same object has the same key, whatever version of its API it is asked for in. */
export const keyOf = ({ apiVersion, kind, metadata }: Reference): string =>
  [apiVersion.replace(/\/.*/, ""), kind, metadata.namespace ?? "", metadata.name].join(" ");

/** What creations that were interrupted may have left in the cluster; never what the state holds as made. */
export function halfMade({ resources = [], pending_operations: pending = [] }: Deployment): Reference[] {
  const made = new Set(resources.flatMap((entry) => referenceOf(entry) ?? []).map(keyOf));
  const begun = pending
    .filter(({ type }) => type === "creating")
    .flatMap(({ resource }) => referenceOf(resource) ?? []);
  return begun.filter((one) => !made.has(keyOf(one)));
}

interface Owned {
  readonly metadata: { readonly ownerReferences?: readonly unknown[] };
}

/** What a stack wants in one namespace, as far as leftovers are looked for. */
export interface Place {
  /** System, as `app.kubernetes.io/name` of what the program makes itself. */
  readonly system: string;
  readonly namespace: string;
  readonly release: string;
}

/** Kinds the program makes itself inside a namespace, all of them with the standard labels. */
export const ownKinds: readonly string[] = [
  "Secret",
  "ConfigMap",
  "ServiceAccount",
  "Job",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
];

/**
 * What lies in a namespace of the stack and is not in its state: when a provider is killed, the engine notes its creations
 * as failed, though they may have happened. A namespace that is not in the state itself is not looked at.
 */
async function leftBehind(
  context: string,
  { system, namespace, release }: Place,
  state: Deployment,
): Promise<Reference[]> {
  const made = new Set((state.resources ?? []).flatMap((entry) => referenceOf(entry) ?? []).map(keyOf));
  if (!made.has(keyOf({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }))) return [];
  const selector = `app.kubernetes.io/managed-by=pulumi,app.kubernetes.io/name=${system}`;
  const found = await kubectl(context, ["get", ownKinds.join(","), "-n", namespace, "-l", selector, "-o", "json"]);
  // What has an owner in the cluster was made by a controller, such as the Secret of an ExternalSecret, which passes its labels on.
  const objects = (JSON.parse(found) as { items: (Reference & Owned)[] }).items
    .filter(({ metadata }) => !metadata.ownerReferences?.length)
    .map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata: { name: metadata.name, namespace } }));
  const own: Reference = { apiVersion: "helm.sh/v3", kind: "Release", metadata: { name: release, namespace } };
  const helm = (await observeRelease(context, namespace, release))?.writer === pulumiWriter ? [own] : [];
  return [...objects, ...helm].filter((one) => !made.has(keyOf(one)));
}

/** Seconds that half-made objects, a namespace with all in it at most, get to be gone. */
export const patience = 90;

/**
 * Takes away what a killed run had created and not written down, so that one copy remains: the run that follows makes it
 * anew. Of a release only Helm's records go: its objects run on and are taken over by the next install. Only what lies in a
 * namespace of this owner is touched. Nobody else may change the stack meanwhile. Throws ClusterUnavailable.
 */
export async function removeHalfMade(
  context: string,
  owner: string,
  places: readonly Place[],
  state: Deployment,
  log: (line: string) => void,
): Promise<void> {
  const left = (await Promise.all(places.map((place) => leftBehind(context, place, state)))).flat();
  const begun = [...new Map([...halfMade(state), ...left].map((one) => [keyOf(one), one])).values()];
  const namespaces = new Set(begun.map(namespaceOf).filter((name) => name !== undefined));
  const own = new Set<string>();
  for (const name of namespaces) if (await isOwnedBy(context, name, owner)) own.add(name);
  const ours = begun.filter((one) => own.has(namespaceOf(one) ?? ""));
  for (const { metadata } of ours.filter(({ kind }) => kind === "Release")) {
    const dropped = await dropRecords(context, metadata.namespace ?? "", metadata.name);
    if (dropped)
      log(`release ${metadata.namespace}/${metadata.name} was interrupted while it was installed: put right`);
  }
  const objects = ours.filter(({ kind }) => kind !== "Release");
  if (objects.length > 0) await remove(context, objects, log);
}

async function remove(context: string, objects: readonly Reference[], log: (line: string) => void): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const removed = await kubectl(context, ["delete", "-f", "-", "--ignore-not-found", "--wait=false"], list);
  for (const line of removed.trim().split("\n")) {
    if (line !== "") log(`removed half-made ${line.replace(/ deleted.*$/, "").replaceAll('"', "")}`);
  }
  const left = (): Promise<string> => kubectl(context, ["get", "-f", "-", "--ignore-not-found", "-o", "name"], list);
  for (const start = Date.now(); (await left()).trim() !== ""; await sleep(200)) {
    if (Date.now() - start > patience * 1000) throw new Error(`still there after ${patience} s: ${await left()}`);
  }
}

const namespaceOf = ({ kind, metadata }: Reference): string | undefined =>
  kind === "Namespace" ? metadata.name : metadata.namespace;

async function isOwnedBy(context: string, namespace: string, owner: string): Promise<boolean> {
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "json"];
  const text = await kubectl(context, args);
  if (text.trim() === "") return false;
  const { metadata } = JSON.parse(text) as { metadata: { annotations?: Record<string, string> } };
  return metadata.annotations?.[ownerAnnotation] === owner;
}

/**
 * The state of a stack, secrets closed; nothing when the pulumi command cannot be asked. `stack`: organization/project/stack.
 * For the program itself, which learns nothing of its own state.
 */
export function exportedState(stack: string): Promise<Deployment | undefined> {
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  return new Promise((resolve) => {
    execFile("pulumi", args, { maxBuffer: 512 * 2 ** 20 }, (error, stdout) => {
      resolve(error ? undefined : (JSON.parse(stdout) as { deployment?: Deployment }).deployment);
    });
  });
}
