import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { identityOf, isAlive, type ProcessIdentity } from "../../process/identity";

/**
 * Identity of each pulumi command that a run of `hardened` starts, recorded beside its state. Pulumi's own lock has only pid and
 * host, and in another container of the same host name that pid is another process, or none.
 */
export interface EngineRecord extends ProcessIdentity {
  /** When it was started, ISO 8601. */
  readonly since: string;
}

const folderOf = (root: string, stack: string): string => join(root, ".hardened", "engines", stack);

/**
 * Records a process that was just started. Returns a function that removes the record. If the record cannot be written, as on a full
 * disk, the process continues: should it be killed, its lock stays until a user removes it.
 */
export function noteEngine(root: string, stack: string, pid: number): () => void {
  const folder = folderOf(root, stack);
  try {
    const record: EngineRecord = { ...identityOf(pid), since: new Date().toISOString() };
    const file = join(folder, `${pid}-${record.pidNamespace.replaceAll(/\D/g, "")}.json`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeAtomic(file, JSON.stringify(record));
    return () => rmSync(file, { force: true });
  } catch {
    return () => {};
  }
}

/** The records of a stack. */
export function engineRecords(root: string, stack: string): EngineRecord[] {
  return filesOf(root, stack).flatMap((file) => readRecord(file) ?? []);
}

/** Removes the records of processes that ended, apart from those of other containers, whose processes are not visible here. */
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
    return []; // no run of `hardened` has used this backend
  }
}

/** A record; undefined when it was removed meanwhile, or a crash of the machine left it empty. */
function readRecord(file: string): EngineRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as EngineRecord;
  } catch {
    return undefined;
  }
}
