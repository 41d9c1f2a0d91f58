import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Identity of a process that no later process with the same pid shares: pid and start time, in one pid namespace, on one boot of one host. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it: clock ticks since boot, or where there is no /proc what `ps` prints. */
  readonly startTime: string;
  /** Boot the start time counts from; a pid of another boot is never ours. */
  readonly boot: string;
  readonly host: string;
  /** Pid namespace: pids of other containers have no meaning here, whatever their host name is. Empty where there is no /proc. */
  readonly pidNamespace: string;
}

const hasProc = existsSync("/proc/self/stat");

/** Start time; undefined when there is no such process, or only a zombie is left of it, unless that counts too. */
function startTimeOf(pid: number, isZombieToo = false): string | undefined {
  try {
    if (!hasProc) {
      const args = ["-o", "lstart=", "-p", String(pid)];
      return execFileSync("ps", args, { encoding: "utf8", stdio: "pipe" }).trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields 3 and 22, counted after the command name, which may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return !isZombieToo && (fields[0] === "Z" || fields[0] === "X") ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

let boot: string | undefined;
/** Identifies the time since the machine was started; "unknown" where there is no /proc. */
export function bootId(): string {
  try {
    boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    boot = "unknown";
  }
  return boot;
}

/** Inode of the initial pid namespace, the same on every machine; those of containers are nested in it (include/linux/proc_ns.h). */
const outermost = "pid:[4026531836]";

let namespace: string | undefined;
function pidNamespace(): string {
  try {
    namespace ??= readlinkSync("/proc/self/ns/pid");
  } catch {
    namespace = "";
  }
  return namespace;
}

/** The identity of a process, also of a child that has just ended. Throws when there is none with that pid. */
export function identityOf(pid: number): ProcessIdentity {
  const startTime = startTimeOf(pid, true);
  if (startTime === undefined) throw new Error(`no process ${pid}`);
  return { pid, startTime, boot: bootId(), host: hostname(), pidNamespace: pidNamespace() };
}

/**
 * Whether the process is or was one of this machine and pid namespace: only for those it is known here whether they run. For an
 * earlier boot the host name decides, where it is the machine's own; a container has another namespace after every boot.
 */
export const isOfHere = ({
  host,
  boot: when,
  pidNamespace: where,
}: Pick<ProcessIdentity, "host" | "boot" | "pidNamespace">): boolean =>
  host === hostname() && where === pidNamespace() && (when === bootId() || where === outermost || where === "");

/** Whether the process runs here: this one exactly (a zombie does not). */
export const runsHere = (identity: ProcessIdentity): boolean =>
  isOfHere(identity) && identity.boot === bootId() && startTimeOf(identity.pid) === identity.startTime;

/** Whether the process may still run: it runs here, or it belongs to another host or container, whose processes are not visible here. */
export const isAlive = (identity: ProcessIdentity): boolean => !isOfHere(identity) || runsHere(identity);

/** Whether any process has that pid now. */
export const isRunning = (pid: number): boolean => startTimeOf(pid) !== undefined;

/** Whether every process of this machine is visible from here, in whatever container it runs. */
export function seesWholeMachine(): boolean {
  if (!hasProc) return true;
  try {
    readFileSync("/proc/1/status"); // denied where /proc hides the processes of other users
    return pidNamespace() === outermost;
  } catch {
    return false;
  }
}

/** Pids in this namespace of the processes that have that pid in their own namespace: one here, and others in nested containers. */
export function pidsOfSelf(pid: number): number[] {
  const seen = hasProc ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [String(pid)];
  return seen.map(Number).filter((one) => ownPid(one) === pid && isRunning(one));
}

/** The pid of a process in its own namespace. */
function ownPid(pid: number): number | undefined {
  if (!hasProc) return pid;
  try {
    const line = /^NSpid:.*$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[0];
    return line === undefined ? pid : Number(line.split("\t").at(-1));
  } catch {
    return undefined; // ended meanwhile
  }
}

/**
 * Whether the process with that pid started clearly after a moment: then the pid was reused. False in doubt, and where
 * there is no /proc.
 */
export function beganAfter(pid: number, moment: Date): boolean {
  const ticks = Number(hasProc ? startTimeOf(pid) : Number.NaN);
  if (!Number.isFinite(ticks)) return false;
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const began = Date.now() - (uptime - ticks / 100) * 1000;
  return began > moment.getTime() + 2000;
}

/** A running process as /proc shows it to its own user. */
export interface Running {
  readonly pid: number;
  readonly command: readonly string[];
  readonly environment: readonly string[];
}

/** Every process of this machine whose environment may be read; none where there is no /proc. */
export function runningProcesses(): Running[] {
  if (!hasProc) return [];
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [command, environment] = ["cmdline", "environ"].map((file) =>
        readFileSync(`/proc/${name}/${file}`, "utf8").split("\0"),
      ) as [string[], string[]];
      return [{ pid: Number(name), command, environment }];
    } catch {
      return []; // ended meanwhile, or someone else's
    }
  });
}
