import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { projectName } from "../../config/project";
import { fileTrouble } from "../../process/file-trouble";
import { beganAfter, isOfHere, pidsOfSelf, runsHere, seesWholeMachine } from "../../process/identity";
import type { RunHost } from "../../process/run-events";
import { UserError } from "../../process/user-error";
import { type EngineRecord, engineRecords, forgetEndedEngines } from "./engine-record";

/** A lock as Pulumi writes it: one JSON file per run, below `.pulumi/locks` of a file backend. */
interface PulumiLock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * State of a lock's owner: dead, running here, or only visible on its own machine or in its own container.
 * A command that a run of `hardened` started in this container is known to be dead by its record; a command without a record, such
 * as a plain `pulumi up`, where the processes of all containers of this machine are visible. Any other lock counts as held.
 */
type Verdict = "dead" | "here" | "elsewhere";

/**
 * Removes Pulumi's locks of the stack whose owner is dead on this host (a file backend keeps them for ever). A lock of a
 * living process, of another host, or of a process that may live in another container, is never removed: the UserError names
 * its owner and what to do.
 * @param root folder of the backend
 */
export function releaseDeadLocks(stack: string, root: string, { notify }: RunHost): void {
  const folder = join(root, ".pulumi", "locks", "organization", projectName, stack);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const held: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const file = join(folder, name);
    const lock = readPulumiLock(file);
    if (lock === undefined) continue;
    const verdict = lock === "cut off" ? "dead" : evaluate(lock, engineRecords(root, stack));
    if (lock === "cut off" || verdict === "dead") {
      for (const one of [file, `${file}.attrs`]) rmSync(one, { force: true });
      notify({ code: "lock.released", data: lock === "cut off" ? {} : { pid: lock.pid } });
    } else held.push(describe(stack, file, lock, verdict));
  }
  if (held.length > 0) throw new UserError(held.join("\n"));
  forgetEndedEngines(root, stack);
  if (names.length === 0) return;
  // Left by a run that was killed while it wrote its lock: a temporary file, or attributes without a lock.
  const seconds = (name: string): number => (Date.now() - statSync(join(folder, name)).mtimeMs) / 1000;
  for (const name of readdirSync(folder)) if (seconds(name) > 5) rmSync(join(folder, name), { force: true });
}

/** A lock; undefined when it was released meanwhile. A truncated one was left by a crash of its machine: Pulumi writes it atomically. */
function readPulumiLock(file: string): PulumiLock | "cut off" | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file}, a lock of the stack, cannot be read: ${fileTrouble(error) ?? String(error)}`);
  }
  try {
    const lock = JSON.parse(content) as PulumiLock;
    return typeof lock.pid === "number" && typeof lock.hostname === "string" ? lock : "cut off";
  } catch {
    return "cut off";
  }
}

function evaluate(lock: PulumiLock, records: readonly EngineRecord[]): Verdict {
  if (lock.hostname !== hostname()) return "elsewhere";
  if (pidsOfSelf(lock.pid).some((pid) => mayHold(pid, lock))) return "here";
  const record = records.find((one) => isOf(one, lock));
  if (record) return isOfHere(record) && !runsHere(record) ? "dead" : "elsewhere";
  return seesWholeMachine() ? "dead" : "elsewhere";
}

/** A process that started after the lock was given its pid later, except when it is a pulumi command too, as the clock may have been changed. */
const mayHold = (pid: number, { timestamp }: PulumiLock): boolean =>
  !beganAfter(pid, new Date(timestamp)) || isPulumi(pid);

function isPulumi(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "pulumi";
  } catch {
    return false;
  }
}

/** Minutes after its start within which a pulumi command has taken its lock: the first thing it does. */
const startMinutes = 5;

/** Whether a record belongs to the process that wrote a lock, and not to an earlier one with its pid. */
function isOf({ pid, host, since }: EngineRecord, lock: PulumiLock): boolean {
  const seconds = (Date.parse(lock.timestamp) - Date.parse(since)) / 1000;
  return pid === lock.pid && host === lock.hostname && seconds > -2 && seconds < startMinutes * 60;
}

function describe(stack: string, file: string, lock: PulumiLock, verdict: Verdict): string {
  const { hostname: host, pid, username, timestamp } = lock;
  const who = `user ${username}, host ${host}, since ${timestamp}`;
  if (verdict === "here")
    return `stack ${stack} is locked by process ${pid} on this machine (${who}); wait until it has ended`;
  const place = host === hostname() ? `another container or machine that is called ${host} too` : host;
  const gone =
    host === hostname()
      ? `no container or machine of that name has such a process any more`
      : "that machine or container is gone, or has no such process any more";
  return `stack ${stack} is locked by process ${pid} on ${place} (${who}), by ${file}. It cannot be seen from here: wait until it has ended, or if ${gone}: pulumi cancel --stack ${stack}`;
}
