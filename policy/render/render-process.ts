/** Starts helm-render: the only place that does. Bounded in time, memory and output; values go in on stdin only. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Readable } from "node:stream";

/** Bounds of one run. */
export interface Bounds {
  /** Wall time in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Most bytes of rendered text. @default 64 MiB */
  readonly maxOutputBytes?: number;
  /** Most address space helm may take, in bytes, where the shell can limit it (Linux). @default 4 GiB */
  readonly maxMemoryBytes?: number;
}

/** What holds where a caller sets no bound. */
export const defaultBounds: Required<Bounds> = {
  timeoutMs: 30_000,
  maxOutputBytes: 64 * 1024 * 1024,
  maxMemoryBytes: 4 * 1024 * 1024 * 1024,
};
/** Most bytes of helm's own words that are kept. */
export const maxErrorBytes = 256 * 1024;

/** Collects a stream up to `limit` bytes; what comes after is dropped and `over` is called. */
export function gather(stream: Readable, limit: number, over: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) over();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

/** Starts helm-render. The shell sets the limits and becomes helm-render, so they hold even when this process is killed. Where `ulimit` cannot, only wall
 *  time and output are bounded.
 *  @param memory most bytes of address space */
export function startRenderer(binary: string, memory: number): ChildProcessWithoutNullStreams {
  const limits = `ulimit -v ${Math.floor(memory / 1024)} 2>/dev/null; ulimit -c 0 2>/dev/null; exec "$0"`;
  return spawn("/bin/sh", ["-c", limits, binary], { env: environment(), stdio: "pipe" });
}

export const tooSlow = ({ timeoutMs }: Required<Bounds>): string =>
  `helm took longer than ${timeoutMs / 1000} s and was stopped`;
export const tooLarge = ({ maxOutputBytes }: Required<Bounds>): string =>
  `the chart renders to more than ${maxOutputBytes} bytes and was stopped`;
export const tooHungry = "helm ran out of memory or processor time and was stopped";

/** Whether helm's end says that a limit was met; templates that call themselves without end fill the stack. */
export function outOfBounds(signal: NodeJS.Signals | null, stderr: string): boolean {
  return (
    signal === "SIGXCPU" ||
    signal === "SIGKILL" ||
    /(?:^|\n)(?:fatal error|runtime): .*(?:out of memory|cannot allocate|stack overflow|stack exceeds)/.test(stderr)
  );
}

/** Nothing of the user's Helm or Kubernetes settings may change what a chart renders to, and no cluster may be asked. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, KUBECONFIG: "/dev/null", HELM_PLUGINS: "/dev/null" };
}

const waiting: (() => void)[] = [];
let running = 0;

/** At most one helm per processor: more only makes each slower. */
export async function slot(): Promise<() => void> {
  if (running >= availableParallelism()) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  return () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
}
