import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createExclusive } from "./atomic-write";
import { fileTrouble } from "./file-trouble";
import { identityOf, isAlive, isOfHere, type ProcessIdentity } from "./identity";
import { UserError } from "./user-error";

export interface LockOptions {
  /** Told once who holds the lock, when it has to be waited for, so that nobody waits without knowing for whom. What it throws ends the waiting. */
  readonly onWait: (holder: Holder) => void;
}

/** Who holds a lock, in words. */
export interface Holder {
  /** "process 12 on this machine (user ann, host box), for 3 min". */
  readonly who: string;
  /** For one that cannot be seen from here, what to check before which file is removed, to be put behind a sentence; else empty. */
  readonly check: string;
}

/**
 * Runs `work` while this process alone holds `file`. A lock whose owner is dead (killed, or before a reboot) is taken
 * over; one that someone alive holds, or someone on another host or in another container, is waited for. It has no lease: a
 * holder that was only stopped or slow would go on changing things beside the next one.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, { onWait }: LockOptions): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !tryTake(file); ) {
    const lock = readLock(file);
    if (!lock) continue; // released in between
    if (!lock.alive) {
      breakStale(file, lock.content);
      continue;
    }
    if (!told) onWait(holderOf(file, lock.record));
    told = true;
    await sleep(100);
  }
  const release = (): void => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

interface LockRecord extends ProcessIdentity {
  /** When it was taken, ISO 8601. */
  readonly since: string;
  /** Who runs the process. */
  readonly user: string;
}

interface Lock {
  readonly record: LockRecord;
  readonly alive: boolean;
  /** All of the file: no two locks have the same. */
  readonly content: string;
}

const nobody: LockRecord = { pid: 0, startTime: "", boot: "", host: "", pidNamespace: "", since: "", user: "" };

function holderOf(file: string, record: LockRecord): Holder {
  const { pid, host, since, user } = record;
  const held = `(user ${user}, host ${host}), for ${ageOf(since)}`;
  if (isOfHere(record)) return { who: `process ${pid} on this machine ${held}`, check: "" };
  const elsewhere = host === hostname() ? `another container or machine that is called ${host} too` : host;
  return {
    who: `process ${pid} on ${elsewhere} ${held}`,
    check: `. It cannot be seen from here: if that machine or container is gone, or has no such process any more, remove ${file}`,
  };
}

/** Time since a moment, in its largest unit. */
function ageOf(since: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return "an unknown time";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} days`;
}

function readLock(file: string): Lock | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file}, a lock that someone holds, cannot be read: ${fileTrouble(error) ?? String(error)}`);
  }
  try {
    const record = JSON.parse(content) as LockRecord;
    return { record, alive: isAlive(record), content };
  } catch {
    return { record: nobody, alive: false, content }; // a machine that crashed can leave an empty file
  }
}

/** In a container a number may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** Takes the lock when nobody has it; it is never seen half written. */
function tryTake(file: string): boolean {
  const record: LockRecord = { ...identityOf(process.pid), since: new Date().toISOString(), user: userName() };
  return createExclusive(file, JSON.stringify({ ...record, nonce: randomUUID() }));
}

/**
 * Removes a dead owner's lock. Only who holds a second lock, named after the content of this very one, may: otherwise a slow
 * waiter would remove the fresh lock of a quick one. The second lock's holder may be killed too: then it is broken the same way.
 */
function breakStale(file: string, content: string): void {
  const gate = `${file}.${createHash("sha256").update(content).digest("hex").slice(0, 16)}.break`;
  if (!tryTake(gate)) {
    const breaker = readLock(gate);
    if (breaker && !breaker.alive) breakStale(gate, breaker.content);
    return;
  }
  if (readLock(file)?.content === content) rmSync(file, { force: true });
  rmSync(gate, { force: true });
}
