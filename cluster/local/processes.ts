import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeAtomic } from "../../process/atomic-write";
import { identityOf, type ProcessIdentity, runsHere } from "../../process/identity";
import { UserError } from "../../process/user-error";
import { joinFiles } from "./cgroups";
import { systemPath } from "./commands";
import type { Instance } from "./names";

/** A daemon: a program that outlives the command that starts it. */
export interface Daemon {
  readonly name: string;
  readonly command: readonly string[];
  /** File of the network namespace it runs in. */
  readonly network: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Further inputs, mostly the text of its configuration files: a change restarts it. */
  readonly settings?: readonly string[];
}

interface DaemonRecord extends ProcessIdentity {
  /** Digest of the daemon's definition. */
  readonly made: string;
}

/** Cgroup of the instance's own programs, beside those of its nodes' pods. */
export const daemonCgroup = (instance: Instance): string => join(instance.cgroup, "daemons");

export const logFile = (instance: Instance, name: string): string => join(instance.state, "logs", `${name}.log`);

const recordFolder = (instance: Instance): string => join(instance.state, "processes");
const recordFile = (instance: Instance, name: string): string => join(recordFolder(instance), `${name}.json`);

function recordOf(instance: Instance, name: string): DaemonRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(instance, name), "utf8")) as DaemonRecord;
  } catch {
    return undefined;
  }
}

/** Names of all daemons ever started for the instance and not removed since. */
export const daemonNames = (instance: Instance): string[] =>
  existsSync(recordFolder(instance))
    ? readdirSync(recordFolder(instance))
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => file.replace(/\.json$/, ""))
    : [];

/** The running process of a daemon; undefined when it is dead or its pid belongs to another by now. */
export function runningPid(instance: Instance, name: string): number | undefined {
  const record = recordOf(instance, name);
  return record && runsHere(record) ? record.pid : undefined;
}

/** The inode of a namespace: a process in an older one of the same name must be restarted. */
const namespaceId = (file: string): string => (existsSync(file) ? String(statSync(file).ino) : "");

function digestOf(daemon: Daemon): string {
  const { command, environment = {}, settings = [], network } = daemon;
  const made = JSON.stringify([command, environment, settings, network, namespaceId(network)]);
  return createHash("sha256").update(made).digest("hex");
}

/** Whether the daemon runs with its current definition. */
export const isCurrent = (instance: Instance, daemon: Daemon): boolean =>
  runningPid(instance, daemon.name) !== undefined && recordOf(instance, daemon.name)?.made === digestOf(daemon);

/** Joins the cgroup, then the namespace, then executes the program: the pid stays the same. */
function commandLine(instance: Instance, daemon: Daemon): string[] {
  const join = joinFiles(daemonCgroup(instance)).map(
    (file) => `echo $$ > '${file}' || { echo 'cannot join ${file}' >&2; exit 1; }`,
  );
  return ["-ec", `${join.join("\n")}\nexec nsenter --net='${daemon.network}' "$@"`, daemon.name, ...daemon.command];
}

/** Starts a daemon and records it. `channel` opens Node's message channel to it. */
export function startDaemon(instance: Instance, daemon: Daemon, channel = false): ChildProcess {
  mkdirSync(join(instance.state, "logs"), { recursive: true });
  mkdirSync(recordFolder(instance), { recursive: true });
  const log = logFile(instance, daemon.name);
  if (existsSync(log)) renameSync(log, `${log}.previous`);
  const output = openSync(log, "a", 0o600);
  const child = spawn("/bin/sh", commandLine(instance, daemon), {
    cwd: "/",
    detached: true,
    env: { PATH: systemPath, HOME: instance.state, ...daemon.environment },
    stdio: ["ignore", output, output, ...(channel ? (["ipc"] as const) : [])],
  });
  closeSync(output);
  if (child.pid === undefined) throw new Error(`could not start ${daemon.name}`);
  const record: DaemonRecord = { ...identityOf(child.pid), made: digestOf(daemon) };
  try {
    writeAtomic(recordFile(instance, daemon.name), JSON.stringify(record));
  } catch (error) {
    child.kill("SIGKILL"); // without a record it would be orphaned
    throw error;
  }
  child.unref();
  return child;
}

/** Starts the daemon unless it runs already; one with another definition is stopped first. */
export async function ensureDaemon(instance: Instance, daemon: Daemon): Promise<void> {
  if (isCurrent(instance, daemon)) return;
  await stopDaemon(instance, daemon.name);
  startDaemon(instance, daemon);
}

function signal(record: DaemonRecord, name: NodeJS.Signals): void {
  try {
    if (runsHere(record)) process.kill(record.pid, name);
  } catch {
    // It ended meanwhile.
  }
}

/** Sends SIGTERM to a daemon, and SIGKILL after `patience` milliseconds; at once when that is 0. */
export async function stopDaemon(instance: Instance, name: string, patience = 10_000): Promise<void> {
  const record = recordOf(instance, name);
  if (record) {
    const deadline = Date.now() + patience;
    if (patience > 0) signal(record, "SIGTERM");
    while (runsHere(record)) {
      if (Date.now() >= deadline) signal(record, "SIGKILL");
      await sleep(50);
    }
  }
  rmSync(recordFile(instance, name), { force: true });
}

/** Last log lines of a daemon, for error messages. */
function lastWords(instance: Instance, name: string): string {
  const file = logFile(instance, name);
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-8).join("\n");
}

const logsOf = (instance: Instance, names: readonly string[]): string =>
  names.map((name) => `${logFile(instance, name)}:\n${lastWords(instance, name)}`).join("\n");

/** The error of daemons that ended while `what` needed them, with the last lines of their logs. */
export const daemonsEnded = (instance: Instance, what: string, names: readonly string[]): UserError =>
  new UserError(`${what}: ${names.join(", ")} ended\n${logsOf(instance, names)}`);

/**
 * Polls `check` until it holds; an exception counts as "not yet". Throws as soon as one of the daemons it depends on
 * has ended, or after `seconds`, with the last lines of their logs.
 */
export async function waitFor(
  instance: Instance,
  what: string,
  daemons: readonly string[],
  check: () => Promise<boolean> | boolean,
  seconds = 90,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    let reason = "";
    try {
      if (await check()) return;
    } catch (error) {
      reason = `: ${(error as Error).message}`;
    }
    const dead = daemons.filter((name) => runningPid(instance, name) === undefined);
    if (dead.length > 0) throw daemonsEnded(instance, what, dead);
    if (Date.now() > deadline)
      throw new UserError(`${what}: nothing after ${seconds} s${reason}\n${logsOf(instance, daemons)}`);
    await sleep(100);
  }
}
