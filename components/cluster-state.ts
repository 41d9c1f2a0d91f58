import { gunzipSync, gzipSync } from "node:zlib";
import { getObject, kubectl } from "./kubectl";
import { ownerAnnotation, repairsAnnotation } from "./labels";
import { podSecurityLabels } from "./pod-security-labels";

/** What Helm's newest record of a release says. */
export interface ReleaseState {
  /** Helm's word: deployed, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, … */
  readonly status: string;
  readonly revision: number;
  /** Description of the newest deployed revision. */
  readonly description?: string | undefined;
  /** Name of the Secret that holds the newest record. */
  readonly record: string;
  /** When the newest record was made, as a date in ISO 8601. */
  readonly written: string;
  /** What the program that wrote it calls itself, as the API server noted: "Helm" is a person's. */
  readonly writer?: string | undefined;
}

/** What the cluster says of a namespace this stack wants. */
export interface NamespaceState {
  /** `<project>/<stack>` it belongs to, if any; nothing when it was made by someone else. */
  readonly owner?: string | undefined;
  /** Pod Security labels that are missing or other than wanted. */
  readonly drifted: readonly string[];
  /** How often this stack put labels right before. */
  readonly repairs: number;
}

interface HelmRecord {
  metadata: {
    name: string;
    labels: Record<string, string>;
    creationTimestamp: string;
    managedFields?: { manager?: string }[];
  };
  data: { release: string };
}

interface HelmReleaseBody {
  readonly info?: { readonly description?: string };
  readonly manifest?: string;
}

/** Helm stores base64 of gzip of JSON, which the API server encodes once more. */
function bodyOf(record: HelmRecord): HelmReleaseBody {
  const inner = Buffer.from(Buffer.from(record.data.release, "base64").toString("latin1"), "base64");
  return JSON.parse(gunzipSync(inner, { maxOutputLength: 64 * 2 ** 20 }).toString("utf8")) as HelmReleaseBody;
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
  return (list?.items ?? []).sort((a, b) => Number(b.metadata.labels.version) - Number(a.metadata.labels.version));
}

/**
 * Takes the title "deployed" from the revision before a failed one, as Helm does after a success. Helm compares with the
 * deployed revision, so that a field which only the failed one brought in would stay in the cluster for ever; without the
 * title it compares with the failed one (helm.sh/helm/v3/pkg/action/upgrade.go, prepareUpgrade).
 */
export async function supersedeDeployed(context: string, namespace: string, name: string): Promise<void> {
  const records = await recordsOf(context, namespace, name);
  for (const record of records.filter(({ metadata }) => metadata.labels.status === "deployed")) {
    await setStatus(context, namespace, record, "superseded");
  }
}

/** Writes another status into one of Helm's records: it stands in the body and in a label. */
async function setStatus(context: string, namespace: string, record: HelmRecord, status: string): Promise<void> {
  const body = bodyOf(record);
  const text = JSON.stringify({ ...body, info: { ...body.info, status } });
  const release = Buffer.from(gzipSync(text).toString("base64")).toString("base64");
  const { managedFields: _, ...metadata } = record.metadata;
  const changed = { ...record, metadata: { ...metadata, labels: { ...metadata.labels, status } }, data: { release } };
  await kubectl(context, ["replace", "-n", namespace, "-f", "-"], JSON.stringify(changed));
}

/** What a release put into the cluster, as YAML: its deployed revision, else its newest; nothing when there is none. Holds its Secrets in clear. */
export async function liveManifest(context: string, namespace: string, name: string): Promise<string | undefined> {
  const records = await recordsOf(context, namespace, name);
  const live = records.find((one) => one.metadata.labels.status === "deployed") ?? records[0];
  return live && bodyOf(live).manifest;
}

/** Helm's newest record of a release, or nothing when it was never installed. */
export async function observeRelease(
  context: string,
  namespace: string,
  name: string,
): Promise<ReleaseState | undefined> {
  const records = await recordsOf(context, namespace, name);
  const newest = records[0];
  if (!newest) return undefined;
  const deployed = records.find((record) => record.metadata.labels.status === "deployed");
  return {
    status: newest.metadata.labels.status ?? "unknown",
    revision: Number(newest.metadata.labels.version),
    description: deployed && bodyOf(deployed).info?.description,
    record: newest.metadata.name,
    written: newest.metadata.creationTimestamp,
    writer: newest.metadata.managedFields?.[0]?.manager,
  };
}

/** The live namespace against what this stack wants of it, or nothing when there is none. */
export async function observeNamespace(
  context: string,
  name: string,
  version: string,
): Promise<NamespaceState | undefined> {
  const live = await getObject<{ metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } }>(
    context,
    ["namespace", name],
  );
  if (!live) return undefined;
  const labels = live.metadata.labels ?? {};
  const wanted = Object.entries(podSecurityLabels(version));
  return {
    owner: live.metadata.annotations?.[ownerAnnotation],
    drifted: wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => key),
    repairs: Number(live.metadata.annotations?.[repairsAnnotation] ?? 0),
  };
}

/** Keys a Secret lacks, all of them when it does not exist; key names only, values are never read out. */
export async function missingKeys(
  context: string,
  namespace: string,
  name: string,
  keys: readonly string[],
): Promise<{ readonly exists: boolean; readonly missing: readonly string[] }> {
  const secret = await getObject<{ data?: Record<string, string> }>(context, ["secret", name, "-n", namespace]);
  if (!secret) return { exists: false, missing: keys };
  return { exists: true, missing: keys.filter((key) => !secret.data?.[key]) };
}

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
  for (const record of await recordsOf(context, namespace, name)) {
    if (record.metadata.name === state.record) await setStatus(context, namespace, record, "failed");
  }
}

/** Takes away every record Helm has of a release; its objects stay, and carry Helm's ownership. Whether there were any. */
export async function dropRecords(context: string, namespace: string, name: string): Promise<boolean> {
  const selector = `owner=helm,name=${name}`;
  const said = await kubectl(context, ["delete", "secret", "-n", namespace, "-l", selector, "--ignore-not-found"]);
  return /deleted/.test(said);
}
