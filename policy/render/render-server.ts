/** Renders with `helm-render` (local/toolchain/modules/helm): Helm kept running, so that only the first chart pays for its start. One process a
 *  processor, each with one chart at a time; one that breaks a bound is killed and the next chart gets a new one. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import type { JsonObject } from "../contract";
import { RenderError } from "./render-error";
import {
  type Bounds,
  defaultBounds,
  gather,
  type HelmResult,
  helmBinary,
  maxErrorBytes,
  outOfBounds,
  slot,
  startHelm,
  tooHungry,
  tooLarge,
  tooSlow,
} from "./render-process";

/** What main.go beside helm-render calls a request. */
interface ServerRequest {
  readonly chart: string;
  readonly digest: string;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  /** Whether they are all there are; else Helm adds those it knows. */
  readonly exact: boolean;
}

/** Path of helm-render: HELM_RENDER_BIN, as long as it is there and stands beside the helm in use, with which it was built. */
export function serverBinary(): string | undefined {
  const path = process.env.HELM_RENDER_BIN;
  return path && dirname(path) === dirname(helmBinary()) && existsSync(path) ? path : undefined;
}

/** The same as `helm template` prints. Throws a RenderError when helm-render cannot be started or breaks a bound; Helm's refusal is returned. */
export async function askServer(binary: string, request: ServerRequest, bounds: Bounds = {}): Promise<HelmResult> {
  const release = await slot();
  const complete = { ...defaultBounds, ...bounds };
  try {
    return await exchange(takeServer(binary, complete.maxMemoryBytes), request, complete);
  } finally {
    release();
  }
}

interface Server {
  readonly child: ChildProcessWithoutNullStreams;
  readonly binary: string;
  readonly memory: number;
  readonly words: () => string;
}

/** Servers that wait for a request. */
const idle: Server[] = [];

function takeServer(binary: string, memory: number): Server {
  const known = idle.findIndex((server) => server.binary === binary && server.memory === memory);
  const server = known >= 0 ? idle.splice(known, 1)[0] : undefined;
  if (server !== undefined) {
    keepAlive(server, true);
    return server;
  }
  for (const { child } of idle.splice(0)) child.stdin.end(); // for another helm or another bound: it ends with its input
  const child = startHelm(binary, [], memory);
  child.stdin.on("error", () => undefined); // its exit says why
  const started = { child, binary, memory, words: gather(child.stderr, maxErrorBytes, () => undefined) };
  child.once("exit", () => {
    if (idle.includes(started)) idle.splice(idle.indexOf(started), 1);
  });
  return started;
}

/** A server that waits must not keep this process from ending; one that works must. */
function keepAlive({ child }: Server, alive: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr] as (ChildProcessWithoutNullStreams | Socket)[]) {
    if (alive) one.ref();
    else one.unref();
  }
}

function exchange(server: Server, request: ServerRequest, bounds: Required<Bounds>): Promise<HelmResult> {
  return new Promise((resolve, reject) => {
    const { child } = server;
    let failure: RenderError | undefined;
    const stop = (message: string): void => {
      failure ??= new RenderError({ kind: "bounds", message });
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(tooSlow(bounds)), bounds.timeoutMs);
    const reader = new Reader(bounds.maxOutputBytes);
    const leave = (): void => {
      clearTimeout(timer);
      child.stdout.off("data", onData);
      child.off("error", onError).off("close", onClose);
    };
    const onData = (chunk: Buffer): void => {
      const result = reader.add(chunk);
      if (result === "too large") stop(tooLarge(bounds));
      else if (result !== undefined && failure === undefined) {
        leave();
        idle.push(server);
        keepAlive(server, false);
        resolve(result);
      }
    };
    const onError = (error: Error): void => {
      leave();
      reject(new RenderError({ kind: "helm", message: `helm-render cannot be started: ${error.message}` }));
    };
    const onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
      leave();
      if (outOfBounds(signal, server.words())) stop(tooHungry);
      if (failure !== undefined) reject(failure);
      else resolve({ stdout: "", stderr: server.words(), code: code ?? 1 });
    };
    child.stdout.on("data", onData);
    child.on("error", onError).on("close", onClose);
    child.stdin.write(`${JSON.stringify({ ...request, timeoutMs: bounds.timeoutMs })}\n`);
  });
}

/** Puts an answer together: one line of JSON, then the text it announces. */
class Reader {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the text, once the line is there. */
  private bytes: number | undefined;

  constructor(private readonly limit: number) {}

  /** The result when `chunk` completes it. */
  add(chunk: Buffer): HelmResult | "too large" | undefined {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.bytes === undefined) {
      if (!chunk.includes(10)) return this.size > this.limit ? "too large" : undefined;
      const all = Buffer.concat(this.chunks.splice(0));
      const end = all.indexOf(10);
      const { bytes, error } = JSON.parse(all.toString("utf8", 0, end)) as { bytes: number; error?: string };
      if (error !== undefined) return { stdout: "", stderr: `Error: ${error}`, code: 1 };
      if (bytes > this.limit) return "too large";
      this.bytes = bytes;
      this.size = all.length - end - 1;
      this.chunks.push(all.subarray(end + 1));
    }
    if (this.size < this.bytes) return undefined;
    return { stdout: Buffer.concat(this.chunks).toString("utf8"), stderr: "", code: 0 };
  }
}
