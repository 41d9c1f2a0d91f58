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
 * Ends kubectl as soon as standard input ends: when the proxy is closed, and when its owner is killed, which has no time to close anything. The shell waits for both,
 * so that no zombie is left where nobody takes in orphans, and prints nothing itself: a pipe without a reader would end it. Ctrl-C is the owner's to handle: a drill
 * still measures while it ends.
 */
const script = `trap '' INT TERM HUP; exec 3<&0
"$@" </dev/null 3<&- & kubectl=$!
(read -r _; kill -9 $kubectl) <&3 >/dev/null 2>&1 & owner=$!
exec 3<&- 2>/dev/null; wait $kubectl; code=$?
kill -9 $owner; wait $owner; rm -rf "$0"; exit $code`;

/** Starts `kubectl proxy` on a socket in a new folder. `argsOf`: all of kubectl's arguments, by folder and socket. */
export function startProxy(argsOf: (socketPath: string, folder: string) => readonly string[]): KubectlProxy {
  // A socket's whole path has room for about a hundred bytes.
  const parent = tmpdir();
  const folder = mkdtempSync(join(parent.length < 70 ? parent : "/tmp", "hardened-proxy-"));
  const socketPath = join(folder, "socket");
  const args = ["-c", script, folder, "kubectl", ...argsOf(socketPath, folder)];
  const child = spawn("/bin/sh", args, { stdio: "pipe" });
  child.stdin.on("error", () => undefined); // it has ended already
  const close = (): void => {
    child.stdin.destroy();
    rmSync(folder, { recursive: true, force: true });
  };
  return { child, folder, socketPath, close };
}
