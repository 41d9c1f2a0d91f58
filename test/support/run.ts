import { type ChildProcess, spawn } from "node:child_process";

/** How a command ended. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly text: string;
  readonly ms: number;
  /** When it ended, in milliseconds since 1970, to compare with what the cluster noted. */
  readonly ended: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Given on standard input, which is closed after it. */
  readonly input?: string;
  /** Told of the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
  /** Milliseconds after which the command is stopped and the test fails. @default 240000 */
  readonly timeoutMs?: number;
}

/** Runs a command to its end, whatever its exit code. Rejects when it cannot be started or takes too long. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { cwd, env, input, onStart, timeoutMs = 240_000 } = options;
  const start = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: "pipe" });
    const parts = { stdout: "", stderr: "", text: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        parts[stream] += chunk;
        parts.text += chunk;
      });
    }
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGTERM");
    }, timeoutMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const ended = Date.now();
      if (late) reject(new Error(`${command} ${args.join(" ")} took more than ${timeoutMs} ms:\n${parts.text}`));
      else resolve({ code, ...parts, ms: ended - start, ended });
    });
    child.stdin.on("error", () => {}); // it may end without reading all of it
    child.stdin.end(input ?? "");
    onStart?.(child);
  });
}

/** Asks again until the answer is there. Throws with what is awaited after the limit. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  limitMs = 60_000,
): Promise<T> {
  for (const start = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() - start > limitMs) throw new Error(`${what}: not within ${limitMs} ms`);
  }
}
