import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isAlive, type ProcessIdentity } from "./process-identity";

export interface LockOptions {
  /** Told once who holds the lock, when it has to be waited for. What it throws ends the waiting. */
  readonly onWait?: (holder: number, host: string) => void;
}

/**
 * Runs `work` while this process alone holds `file`. A lock whose owner is dead (killed, or before a reboot) is taken
 * over; one that someone alive holds is waited for.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !tryTake(file); ) {
    const lock = readLock(file);
    if (!lock) continue; // released in between
    if (!lock.alive) {
      breakStale(file, lock.content);
      continue;
    }
    if (!told) options.onWait?.(lock.holder.pid, lock.holder.host);
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

interface Lock {
  readonly holder: ProcessIdentity;
  readonly alive: boolean;
  /** All of the file: no two locks have the same. */
  readonly content: string;
}

const nobody: ProcessIdentity = { pid: 0, startTime: "", boot: "", host: "" };

function readLock(file: string): Lock | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    const holder = JSON.parse(content) as ProcessIdentity;
    return { holder, alive: isAlive(holder), content };
  } catch {
    return { holder: nobody, alive: false, content }; // a machine that crashed can leave an empty file
  }
}

/** Takes the lock by linking a finished file to its name, so that a lock is never seen half written. */
function tryTake(file: string): boolean {
  const nonce = randomUUID();
  const mine = `${file}.${nonce}`;
  writeFileSync(mine, JSON.stringify({ ...identityOf(process.pid), nonce }), { mode: 0o600, flag: "wx" });
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
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
