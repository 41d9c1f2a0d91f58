import { createHash } from "node:crypto";
import { readlinkSync } from "node:fs";
import { connect } from "node:net";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isAlive, isRunning, type ProcessIdentity, type Running, runningProcesses } from "./identity";

/** Environment variable that every process of a run inherits: it identifies the run, so that a later run finds the processes of a dead one. */
export const runMark = "HARDENED_RUN";

/**
 * The value of that variable for this process's run: the stack, its backend as a digest (a URL may contain a password), and this
 * process, which lives as long as its run. Every stack, backend and run has another value.
 */
export const markOf = (stack: string, backend: string, owner: ProcessIdentity = identityOf(process.pid)): string =>
  [whose(stack, backend), owner.pid, owner.startTime, owner.boot, owner.host, owner.pidNamespace].join(" ");

const whose = (stack: string, backend: string): string =>
  `${stack}@${createHash("sha256").update(backend).digest("hex").slice(0, 16)}`;

function ownerOf(mark: string): ProcessIdentity {
  const [, pid, startTime = "", boot = "", host = "", pidNamespace = ""] = mark.split(" ");
  return { pid: Number(pid), startTime, boot, host, pidNamespace };
}

/** Processes left by runs of this stack on this backend whose owner is dead. */
export function orphansOf(stack: string, backend: string, all: readonly Running[] = runningProcesses()): Running[] {
  const prefix = `${runMark}=${whose(stack, backend)} `;
  return all.filter(({ pid, environment }) => {
    const mark = environment.find((entry) => entry.startsWith(prefix));
    return mark !== undefined && pid !== process.pid && !isAlive(ownerOf(mark));
  });
}

/** Milliseconds that an engine without its program gets to record its state. */
const engineTimeout = 5000;

/**
 * Ends the processes that dead runs of this stack left running: they would continue to change the cluster during the next run. An
 * engine that still runs gets SIGINT first, so that it records what it has done. Returns the processes it ended.
 */
export async function endOrphans(stack: string, backend: string): Promise<number[]> {
  const orphans = orphansOf(stack, backend);
  const engines = orphans.filter(({ command }) => basename(command[0] ?? "") === "pulumi").map(({ pid }) => pid);
  for (const pid of engines) signal(pid, "SIGINT");
  for (const start = Date.now(); engines.some(isRunning) && Date.now() - start < engineTimeout; ) await sleep(50);
  const ended = await end(orphans.map(({ pid }) => pid));
  // An engine may have started one before it ended.
  return [...ended, ...(await end(orphansOf(stack, backend).map(({ pid }) => pid)))];
}

/**
 * Ends Kubernetes providers that work in this folder for an engine that no longer exists: a killed `pulumi up` leaves them, without
 * the variable. The engine's address is the provider's argument; one whose engine answers is never ended. Returns the processes it
 * ended.
 */
export async function endProvidersWithoutEngine(folder: string): Promise<number[]> {
  const providers = runningProcesses().filter(
    ({ pid, command }) => basename(command[0] ?? "") === "pulumi-resource-kubernetes" && folderOf(pid) === folder,
  );
  const abandoned: number[] = [];
  for (const { pid, command } of providers) {
    const address = command.slice(1).find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
    if (address && !(await answers(Number(address.split(":")[1])))) abandoned.push(pid);
  }
  return end(abandoned);
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const tell = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(1000, () => tell(true)).once("connect", () => tell(true));
    socket.once("error", (error: NodeJS.ErrnoException) => tell(error.code !== "ECONNREFUSED"));
  });
}

async function end(pids: readonly number[]): Promise<number[]> {
  const running = pids.filter(isRunning);
  for (const pid of running) signal(pid, "SIGKILL");
  while (running.some(isRunning)) await sleep(20);
  return running;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}
