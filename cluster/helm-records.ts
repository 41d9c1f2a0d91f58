import { gunzipSync, gzipSync } from "node:zlib";

/** What Helm's records of a release say, and how one is changed. Asks no cluster. */

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
  /** What the program that wrote it calls itself, as the API server noted: "Helm" is a user's. */
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

/** What the records say, newest first; undefined when there is none. */
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

/** The deployed revisions with the title "superseded" instead. */
export const supersededOf = (records: readonly HelmRecord[]): HelmRecord[] =>
  records.filter(isDeployed).map((record) => withStatus(record, "superseded"));

/** The record of that name with the status "failed"; none when it is gone. */
export const failedOf = (records: readonly HelmRecord[], name: string): HelmRecord[] =>
  records.filter(({ metadata }) => metadata.name === name).map((record) => withStatus(record, "failed"));

/** A record with another status: it stands in the body and in a label. */
export function withStatus(record: HelmRecord, status: string): HelmRecord {
  const body = bodyOf(record);
  const text = JSON.stringify({ ...body, info: { ...body.info, status } });
  const release = Buffer.from(gzipSync(text).toString("base64")).toString("base64");
  const { managedFields: _, ...metadata } = record.metadata;
  return { ...record, metadata: { ...metadata, labels: { ...metadata.labels, status } }, data: { release } };
}
