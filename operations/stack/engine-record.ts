import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { identityOf, isAlive, type ProcessIdentity } from "../../process/identity";
import { writeWhole } from "../../process/whole-file";

/**
 * Who exactly each pulumi command is that a run of `hardened` starts, beside the state it works on. Pulumi's own lock knows
 * pid and host alone, and in another container of the same name that pid is another process, or nobody.
 */
export interface EngineRecord extends ProcessIdentity {
  /** When it was started, ISO 8601. */
  readonly since: string;
}

const folderOf = (root: string, stack: string): string => join(root, ".hardened", "engines", stack);

/**
 * Writes a process down that was just started. Returns the function that takes the record away. One that cannot be written
 * down, on a full disk, goes on: should it be killed, its lock stays until a user takes it away.
 */
export function noteEngine(root: string, stack: string, pid: number): () => void {
  const folder = folderOf(root, stack);
  try {
    const record: EngineRecord = { ...identityOf(pid), since: new Date().toISOString() };
    const file = join(folder, `${pid}-${(record.pidNamespace ?? "").replaceAll(/\D/g, "")}.json`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeWhole(file, JSON.stringify(record));
    return () => rmSync(file, { force: true });
  } catch {
    return () => {};
  }
}

/** The records of a stack. */
export function engineRecords(root: string, stack: string): EngineRecord[] {
  return filesOf(root, stack).flatMap((file) => readRecord(file) ?? []);
}

/** Takes away what is recorded of processes that ended; of another container's nobody here can tell. */
export function forgetEndedEngines(root: string, stack: string): void {
  for (const file of filesOf(root, stack)) {
    const record = readRecord(file);
    if (record && !isAlive(record)) rmSync(file, { force: true });
  }
}

function filesOf(root: string, stack: string): string[] {
  try {
    const folder = folderOf(root, stack);
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    return []; // no run of `hardened` ever worked on it
  }
}

/** A record; undefined when it was taken away meanwhile, or a crash of the machine left it empty. */
function readRecord(file: string): EngineRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as EngineRecord;
  } catch {
    return undefined;
  }
}
