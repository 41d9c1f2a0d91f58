import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Holder, withLock } from "../../local/lock";
import { beganAfter, isRunning } from "../../local/process-identity";
import { UserError } from "../../local/user-error";
import { stateFolder } from "../../policy/own-folders";
import { projectName } from "../project";

/** A lock as Pulumi writes it: one JSON file a run, below `.pulumi/locks` of a file backend. */
interface PulumiLock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Folder of a backend in the file system, or nothing for one that is not a folder. A relative one counts from where pulumi works. */
export function backendFolder(backend: string, workDir: string): string | undefined {
  if (!backend.startsWith("file://")) return undefined;
  const path = backend.slice("file://".length).replace(/\?.*$/, "");
  if (path.startsWith("~")) return join(homedir(), path.slice(1));
  return path.startsWith("/") ? fileURLToPath(`file://${path}`) : join(workDir, path);
}

/**
 * Runs `work` while no other `hardened` of this machine changes the same stack on the same backend. Throws a UserError that
 * says who does. Pulumi's own lock covers only the part of a run in which its engine changes something.
 */
export function alone<T>(stack: string, backend: string, work: () => Promise<T>): Promise<T> {
  const id = createHash("sha256").update(`${backend}\n${projectName}/${stack}`).digest("hex").slice(0, 16);
  const onWait = ({ who, check }: Holder): never => {
    throw new UserError(`stack ${stack} is being changed by ${who}; wait until it has ended${check}`);
  };
  return withLock(join(stateFolder(), "runs", `${stack}-${id}.lock`), work, { onWait });
}

/**
 * Removes Pulumi's locks of the stack whose owner is dead on this host (a file backend keeps them for ever). A lock of a
 * living process, or of another host, is never broken: the UserError says whose it is and what to do.
 * @param root folder of the backend
 */
export function releaseDeadLocks(stack: string, root: string, log: (line: string) => void): void {
  const folder = join(root, ".pulumi", "locks", "organization", projectName, stack);
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  const held: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const file = join(folder, name);
    const lock = readPulumiLock(file);
    if (lock === undefined) continue;
    if (lock === "unreadable" || isDead(lock)) {
      for (const one of [file, `${file}.attrs`]) rmSync(one, { force: true });
      const by = lock === "unreadable" ? "" : ` (process ${lock.pid})`;
      log(`the stack was locked by a run that was killed${by}: unlocked`);
    } else held.push(describe(stack, lock));
  }
  if (held.length > 0) throw new UserError(held.join("\n"));
  // What a run that was killed while it wrote its lock left: a temporary file, or attributes of no lock.
  const seconds = (name: string): number => (Date.now() - statSync(join(folder, name)).mtimeMs) / 1000;
  for (const name of readdirSync(folder)) if (seconds(name) > 5) rmSync(join(folder, name), { force: true });
}

/** A lock; nothing when it was released meanwhile. */
function readPulumiLock(file: string): PulumiLock | "unreadable" | undefined {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as PulumiLock;
    return typeof lock.pid === "number" && typeof lock.hostname === "string" ? lock : "unreadable";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "unreadable";
  }
}

/** A pid given to someone else counts as dead, except when that is a Pulumi too: a clock that was set may deceive. */
function isDead({ hostname: host, pid, timestamp }: PulumiLock): boolean {
  if (host !== hostname()) return false;
  return !isRunning(pid) || (beganAfter(pid, new Date(timestamp)) && !isPulumi(pid));
}

function isPulumi(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "pulumi";
  } catch {
    return false;
  }
}

function describe(stack: string, { hostname: host, pid, username, timestamp }: PulumiLock): string {
  const who = `user ${username}, host ${host}, since ${timestamp}`;
  return host === hostname()
    ? `stack ${stack} is locked by process ${pid} on this machine (${who}); wait until it has ended`
    : `stack ${stack} is locked by process ${pid} on ${host} (${who}); wait until it has ended, or if you are sure that it is dead: pulumi cancel --stack ${stack}`;
}
