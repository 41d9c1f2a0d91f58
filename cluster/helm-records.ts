import { gunzipSync, gzipSync } from "node:zlib";
import { manifestUnion } from "./manifest-union";

/** Reads and changes Helm's release records. Pure: makes no request to a cluster. */

/** State of a release by Helm's newest record. */
export interface ReleaseState {
  /** Helm's status: deployed, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, … */
  readonly status: string;
  readonly revision: number;
  /** Description of the newest deployed revision. */
  readonly description?: string | undefined;
  /** Name of the Secret that holds the newest record. */
  readonly record: string;
  /** When the newest record was made, as a date in ISO 8601. */
  readonly written: string;
  /** Field manager that wrote it: "Helm" is Helm's own command, run by a user. */
  readonly writer?: string | undefined;
}

/** The Secret that holds a record. */
export interface HelmRecord {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly creationTimestamp: string;
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly data: { readonly release: string };
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

const isDeployed = ({ metadata }: HelmRecord): boolean => metadata.labels.status === "deployed";

/** The newest revision first. */
export const newestFirst = (records: readonly HelmRecord[]): HelmRecord[] =>
  [...records].sort((a, b) => Number(b.metadata.labels.version) - Number(a.metadata.labels.version));

/** State of a release by its records, given newest first; undefined when there is none. */
export function releaseState(records: readonly HelmRecord[]): ReleaseState | undefined {
  const newest = records[0];
  if (!newest) return undefined;
  const deployed = records.find(isDeployed);
  return {
    status: newest.metadata.labels.status ?? "unknown",
    revision: Number(newest.metadata.labels.version),
    description: deployed && bodyOf(deployed).info?.description,
    record: newest.metadata.name,
    written: newest.metadata.creationTimestamp,
    writer: newest.metadata.managedFields?.[0]?.manager,
  };
}

/** Manifest of the deployed revision, else of the newest; undefined when there is none. `records`: newest first. */
export function manifestOf(records: readonly HelmRecord[]): string | undefined {
  const live = records.find(isDeployed) ?? records[0];
  return live && bodyOf(live).manifest;
}

/**
 * The changes after which Helm compares an upgrade, and what it uninstalls, with everything that may be in the cluster: of a newest
 * revision that failed and of those before it, down to the last one that did not fail. The failed one gets their objects and fields, for
 * none of them was certainly removed, and the deployed revision becomes superseded. `records`: newest first.
 */
export function comparableRecords(records: readonly HelmRecord[]): HelmRecord[] {
  const [newest] = records;
  if (newest?.metadata.labels.status !== "failed") return [];
  const last = records.findIndex(({ metadata }) => metadata.labels.status !== "failed");
  const manifests = records.slice(0, last < 0 ? records.length : last + 1).map((one) => bodyOf(one).manifest ?? "");
  const manifest = manifests.reduce(manifestUnion);
  return [
    ...(manifest === manifests[0] ? [] : [withBody(newest, { ...bodyOf(newest), manifest })]),
    ...records.filter(isDeployed).map((record) => withStatus(record, "superseded")),
  ];
}

/** The record of that name with the status "failed"; none when it is gone. */
export const failedOf = (records: readonly HelmRecord[], name: string): HelmRecord[] =>
  records.filter(({ metadata }) => metadata.name === name).map((record) => withStatus(record, "failed"));

/** A record with another status, which is in its body and in a label. */
export function withStatus(record: HelmRecord, status: string): HelmRecord {
  const body = bodyOf(record);
  const changed = withBody(record, { ...body, info: { ...body.info, status } });
  return { ...changed, metadata: { ...changed.metadata, labels: { ...changed.metadata.labels, status } } };
}

function withBody(record: HelmRecord, body: object): HelmRecord {
  const release = Buffer.from(gzipSync(JSON.stringify(body)).toString("base64")).toString("base64");
  const { managedFields: _, ...metadata } = record.metadata;
  return { ...record, metadata, data: { release } };
}
