import {
  failedOf,
  type HelmRecord,
  manifestOf,
  newestFirst,
  type ReleaseState,
  releaseState,
  supersededOf,
} from "./helm-records";
import { getObject, kubectl } from "./kubectl";
import { ownerAnnotation, repairsAnnotation } from "./labels";
import { podSecurityLabels } from "./pod-security-labels";

/** What the cluster says of a namespace this stack wants. */
export interface NamespaceState {
  /** `<project>/<stack>` it belongs to, if any; nothing when it was made by someone else. */
  readonly owner?: string | undefined;
  /** Pod Security labels that are missing or other than wanted. */
  readonly drifted: readonly string[];
  /** How often this stack put labels right before. */
  readonly repairs: number;
}

async function recordsOf(context: string, namespace: string, name: string): Promise<HelmRecord[]> {
  const selector = `owner=helm,name=${name}`;
  const list = await getObject<{ items: HelmRecord[] }>(context, [
    "secrets",
    "-n",
    namespace,
    "-l",
    selector,
    "--show-managed-fields",
  ]);
  return newestFirst(list?.items ?? []);
}

/**
 * Takes the title "deployed" from the revision before a failed one, as Helm does after a success. Helm compares with the
 * deployed revision, so that a field which only the failed one brought in would stay in the cluster for ever; without the
 * title it compares with the failed one (helm.sh/helm/v3/pkg/action/upgrade.go, prepareUpgrade).
 */
export async function supersedeDeployed(context: string, namespace: string, name: string): Promise<void> {
  const records = await recordsOf(context, namespace, name);
  for (const record of supersededOf(records)) await replace(context, namespace, record);
}

async function replace(context: string, namespace: string, record: HelmRecord): Promise<void> {
  await kubectl(context, ["replace", "-n", namespace, "-f", "-"], JSON.stringify(record));
}

/** What a release put into the cluster, as YAML: its deployed revision, else its newest; nothing when there is none. Holds its Secrets in clear. */
export async function liveManifest(context: string, namespace: string, name: string): Promise<string | undefined> {
  return manifestOf(await recordsOf(context, namespace, name));
}

/** Helm's newest record of a release, or nothing when it was never installed. */
export async function observeRelease(
  context: string,
  namespace: string,
  name: string,
): Promise<ReleaseState | undefined> {
  return releaseState(await recordsOf(context, namespace, name));
}

/** The live namespace against what this stack wants of it, or nothing when there is none. */
export async function observeNamespace(
  context: string,
  name: string,
  version: string,
): Promise<NamespaceState | undefined> {
  const live = await getObject<NamespaceObject>(context, ["namespace", name]);
  return live && namespaceState(live, version);
}

/** What is read of a namespace. */
export interface NamespaceObject {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A namespace against what this stack wants of it. */
export function namespaceState({ metadata }: NamespaceObject, version: string): NamespaceState {
  const { labels = {}, annotations = {} } = metadata;
  const wanted = Object.entries(podSecurityLabels(version));
  return {
    owner: annotations[ownerAnnotation],
    drifted: wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => key),
    repairs: Number(annotations[repairsAnnotation] ?? 0),
  };
}

/** Keys a Secret lacks, all of them when it does not exist; key names only, values are never read out. */
export async function missingKeys(
  context: string,
  namespace: string,
  name: string,
  keys: readonly string[],
): Promise<MissingKeys> {
  return missingIn(await getObject<SecretObject>(context, ["secret", name, "-n", namespace]), keys);
}

/** What is read of a Secret. */
interface SecretObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface MissingKeys {
  readonly exists: boolean;
  readonly missing: readonly string[];
}

/** The same of a Secret that was read, or was not there. An empty value is missing too. */
export const missingIn = (secret: SecretObject | undefined, keys: readonly string[]): MissingKeys => ({
  exists: secret !== undefined,
  missing: keys.filter((key) => !secret?.data?.[key]),
});

/** UID of the kube-system namespace: the usual identity of a cluster. */
export async function clusterUid(context: string): Promise<string> {
  return kubectl(context, ["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
}

/**
 * Notes a revision that a dead run left pending as failed, which lets Helm go on and tells the next upgrade what may be there.
 * A first install has nothing to go back to: its record goes, and the next install takes over the objects it made.
 */
export async function endPending(context: string, namespace: string, name: string, state: ReleaseState): Promise<void> {
  if (state.status === "pending-install") return void (await dropRecords(context, namespace, name));
  const records = await recordsOf(context, namespace, name);
  for (const record of failedOf(records, state.record)) await replace(context, namespace, record);
}

/** Takes away every record Helm has of a release; its objects stay, and carry Helm's ownership. Whether there were any. */
export async function dropRecords(context: string, namespace: string, name: string): Promise<boolean> {
  const selector = `owner=helm,name=${name}`;
  const said = await kubectl(context, ["delete", "secret", "-n", namespace, "-l", selector, "--ignore-not-found"]);
  return /deleted/.test(said);
}
