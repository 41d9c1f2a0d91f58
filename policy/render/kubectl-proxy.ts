/** `kubectl proxy` as a process that never outlives the one that starts it. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** A running proxy. It listens once it has printed something. */
export interface KubectlProxy {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Folder of the socket. Nobody else can enter it; it goes with the proxy. */
  readonly folder: string;
  readonly socketPath: string;
  /** Ends it. Safe to call twice. */
  close(): void;
}

/** Exit code of a proxy whose kubectl is not on PATH, as a shell has it. */
export const noKubectl = 127;

/**
 * Ends kubectl as soon as standard input ends: when the proxy is closed, and when its owner is killed, which has no time to close anything. The shell takes in both, and
 * prints nothing itself: a pipe without a reader would end it.
 */
const script = `exec 3<&0
"$@" </dev/null 3<&- & kubectl=$!
(read -r _; kill -9 $kubectl) <&3 >/dev/null 2>&1 & owner=$!
exec 3<&- 2>/dev/null; wait $kubectl; code=$?
kill -9 $owner; wait $owner; rm -rf "$0"; exit $code`;

/** Starts `kubectl proxy` on a socket in a new folder. `argsOf`: all of kubectl's arguments, by socket and folder. Throws where no process can be started. */
export function startProxy(argsOf: (socketPath: string, folder: string) => readonly string[]): KubectlProxy {
  // A socket's whole path has room for about a hundred bytes.
  const parent = tmpdir();
  const folder = mkdtempSync(join(parent.length < 70 ? parent : "/tmp", "hardened-proxy-"));
  const socketPath = join(folder, "socket");
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const args = ["-c", script, folder, "kubectl", ...argsOf(socketPath, folder)];
  // In a session of its own: a signal to the owner's group, such as Ctrl-C, is the owner's to handle. A drill still measures while it ends.
  const child = spawn("/bin/sh", args, { stdio: "pipe", detached: true });
  if (child.pid === undefined) {
    child.on("error", () => undefined);
    removeFolder();
    throw new Error("no process could be started for kubectl proxy");
  }
  child.stdin.on("error", () => undefined); // it has ended already
  const close = (): void => {
    // Whoever closes it waits for nothing: a credential plugin of kubectl may hold the other ends.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    child.unref();
    removeFolder();
  };
  return { child, folder, socketPath, close };
}
