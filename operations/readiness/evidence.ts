import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { projectRoot } from "../../config/project";
import { writeAtomic } from "../../process/atomic-write";
import { UserError } from "../../process/user-error";

/** Kinds of evidence. */
export type EvidenceKind = "drill" | "load" | "baseline" | "cis" | "pod-security" | "checks";

/** Header of every evidence file, and entry of the index. */
export interface EvidenceHeader {
  readonly kind: EvidenceKind;
  /** When it was recorded, ISO 8601. */
  readonly time: string;
  /** Its subject: an experiment and its service, a benchmark. */
  readonly subject: string;
  readonly stack: string;
  /** Chart and version, e.g. "service-0.1.0"; empty where none is concerned. */
  readonly chart: string;
  /** Commit of this checkout, with "-dirty" when it was edited; "unknown" outside of git. */
  readonly commit: string;
  /** Context, and the UID of the kube-system namespace. */
  readonly cluster: { readonly context: string; readonly uid: string };
  /** Program that recorded it, with its version. */
  readonly tool: string;
  readonly verdict: "passed" | "failed" | "stopped" | "interrupted";
}

/** A line of the index: the header and the file's name. */
export type IndexEntry = EvidenceHeader & { readonly file: string };

/** Folder of a stack's evidence: `.hardened/evidence/<stack>` of the project, unless a user names another. */
export const evidenceFolder = (stack: string, given?: string): string =>
  given === undefined ? join(projectRoot, ".hardened", "evidence", stack) : resolve(given);

/** A path for messages: relative to the working directory, when it is below. */
export function shown(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith("..") || isAbsolute(from) ? path : from;
}

export function commitOfCheckout(root = projectRoot): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return `${git("rev-parse", "HEAD")}${git("status", "--porcelain") === "" ? "" : "-dirty"}`;
  } catch {
    return "unknown";
  }
}

/** The cluster: "unknown" where it cannot be reached, for evidence that needs no cluster. */
export async function clusterOf(cluster: Cluster): Promise<EvidenceHeader["cluster"]> {
  const { context } = cluster;
  try {
    return { context, uid: await cluster.uid() };
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    return { context, uid: "unknown" };
  }
}

/** A name for a file, sorted by time: 2026-01-31T10-00-00Z-pod-kill-api.json. */
const nameOf = ({ time, kind, subject }: EvidenceHeader): string =>
  `${time.replace(/\.\d+Z$/, "Z").replaceAll(":", "-")}-${`${kind}-${subject}`.replaceAll(/[^A-Za-z0-9.]+/g, "-")}.json`;

/** Stores a piece of evidence and rewrites the folder's index. Returns the file's path. */
export function storeEvidence<T extends EvidenceHeader>(folder: string, evidence: T): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, nameOf(evidence));
  writeAtomic(file, `${JSON.stringify(evidence, null, 2)}\n`, 0o644);
  writeAtomic(join(folder, "index.json"), `${JSON.stringify(readIndex(folder), null, 2)}\n`, 0o644);
  return file;
}

/** All evidence, oldest first, read from the files themselves: an index alone proves nothing. Throws a UserError for a broken file. */
export function readIndex(folder: string): IndexEntry[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "index.json");
  return files.sort().flatMap((file) => {
    const content = readEvidence<Partial<EvidenceHeader>>(folder, file);
    const { kind, time, subject, stack, chart, commit, cluster, tool, verdict } = content;
    if (kind === undefined || time === undefined || verdict === undefined) return [];
    return [{ kind, time, subject, stack, chart, commit, cluster, tool, verdict, file } as IndexEntry];
  });
}

/** One piece of evidence. */
export function readEvidence<T>(folder: string, file: string): T {
  const path = join(folder, file);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    throw new UserError(`${shown(path)} is not JSON: ${(error as Error).message}; remove it or collect it again`, 2);
  }
}
