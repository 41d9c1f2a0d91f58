import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

const start = promisify(execFile);

/** PATH of everything that the cluster starts: system folders only, independent of the caller's shell. */
export const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const environment = { PATH: systemPath, LC_ALL: "C" };

function failure(error: unknown, command: string): Error {
  const { stderr, message } = error as { stderr?: string | Buffer; message: string };
  return new Error(`${command} failed: ${String(stderr ?? "").trim() || message.trim()}`);
}

/** Runs a system command and returns its output; throws with its stderr. */
export function run(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", env: environment, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw failure(error, command);
  }
}

/** Like `run`, but asynchronous; `input` goes to its stdin. */
export async function runAsync(command: string, args: readonly string[], input?: string): Promise<string> {
  const child = start(command, [...args], { encoding: "utf8", env: environment, maxBuffer: 64 << 20 });
  child.child.stdin?.on("error", () => {}).end(input ?? "");
  try {
    return (await child).stdout;
  } catch (error) {
    throw failure(error, command);
  }
}
