/** Talks to `helm-render` (process/toolchain/modules/helm-render), which renders charts and reads manifests: Helm kept running, so that only the first
 *  request pays for its start. One process a processor, each with one request at a time. Whatever goes wrong with one is a failure of that request:
 *  the process is killed, and the next request gets a new one. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { JsonObject } from "../contract";
import { parseJson } from "../manifest/parse-json";
import { RenderError } from "./render-error";
import {
  type Bounds,
  defaultBounds,
  gather,
  maxErrorBytes,
  outOfBounds,
  slot,
  startRenderer,
  tooHungry,
  tooLarge,
  tooSlow,
} from "./render-process";

/** What main.go of helm-render calls a request. */
export type ServerRequest =
  | {
      readonly op: "render";
      readonly chart: string;
      readonly digest: string;
      readonly name: string;
      readonly namespace: string;
      readonly values: JsonObject;
      readonly kubeVersion: string;
      /** All the cluster serves. */
      readonly apiVersions: readonly string[];
      readonly wantValues: boolean;
    }
  | { readonly op: "manifests" | "values"; readonly texts: readonly string[] };

/** What was asked for, or Helm's reason for a refusal. */
export type ServerAnswer<T> = { readonly answer: T } | { readonly refusal: string };

/** Path of helm-render: HELM_RENDER_BIN, else the one the package of the pack carries for this machine. Throws a RenderError when there is none. */
export function rendererBinary(): string {
  const carried = join("bin", `${process.platform}-${process.arch}`, "helm-render");
  const places = [
    process.env.HELM_RENDER_BIN ?? "",
    join(__dirname, "..", carried),
    join(__dirname, "..", "..", carried),
  ];
  const found = places.find((path) => path !== "" && existsSync(path));
  if (found !== undefined) return found;
  const given = process.env.HELM_RENDER_BIN ? ` at ${process.env.HELM_RENDER_BIN}` : "";
  const fix = "build it with `npm run toolchain -- helm-render`, or set HELM_RENDER_BIN to its path";
  throw new RenderError({
    kind: "helm",
    message: `helm-render, which renders and reads for the policy pack, was not found${given}; ${fix}`,
  });
}

/** Asks helm-render. Throws a RenderError when it cannot be started, breaks a bound or gives no proper answer. */
export async function askRenderer<T>(request: ServerRequest, bounds: Bounds = {}): Promise<ServerAnswer<T>> {
  const binary = rendererBinary();
  const complete = { ...defaultBounds, ...bounds };
  const release = await slot();
  try {
    return (await exchange(takeServer(binary, complete.maxMemoryBytes), request, complete)) as ServerAnswer<T>;
  } finally {
    release();
  }
}

/** Starts a process ahead of the first request, beside whatever the caller does meanwhile. Nothing happens where there is no helm-render. */
export function startAhead(): void {
  try {
    const server = takeServer(rendererBinary(), defaultBounds.maxMemoryBytes);
    idle.push(server);
    keepAlive(server, false);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error; // the first request says so
  }
}

interface Server {
  readonly child: ChildProcessWithoutNullStreams;
  readonly binary: string;
  readonly memory: number;
  readonly words: () => string;
}

/** Servers that wait for a request. The one that worked last comes first: it has the charts and keys of the request before. */
const idle: Server[] = [];

function takeServer(binary: string, memory: number): Server {
  const known = idle.findLastIndex((server) => server.binary === binary && server.memory === memory);
  const server = known >= 0 ? idle.splice(known, 1)[0] : undefined;
  if (server !== undefined) {
    keepAlive(server, true);
    return server;
  }
  for (const other of idle.splice(0)) void end(other); // for another binary or another bound
  const child = startRenderer(binary, memory);
  child.stdin.on("error", () => undefined); // its exit says why
  child.on("error", () => undefined); // said by the exchange that has it
  const started = { child, binary, memory, words: gather(child.stderr, maxErrorBytes, () => undefined) };
  const leaveIdle = (): boolean => idle.includes(started) && idle.splice(idle.indexOf(started), 1).length > 0;
  child.once("exit", leaveIdle);
  child.stdout.on("data", () => {
    if (leaveIdle()) child.kill("SIGKILL"); // it talks unasked: the next answer would not be an answer
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

/** Ends the processes that wait. Done when all are gone: where nobody takes in orphans, as in many containers, each would stay as a zombie. */
export async function endServers(): Promise<void> {
  await Promise.all(idle.splice(0).map(end));
}

/** Milliseconds in which a process that waits ends once it has no more input; then it is killed. */
const patience = 1000;

function end(server: Server): Promise<void> {
  const { child } = server;
  keepAlive(server, true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    child.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin.end();
  });
}

function exchange(server: Server, request: ServerRequest, bounds: Required<Bounds>): Promise<ServerAnswer<unknown>> {
  return new Promise((resolve, reject) => {
    const { child } = server;
    const stop = (kind: "bounds" | "helm", message: string): void => {
      leave();
      child.kill("SIGKILL");
      child.stdout.destroy(); // what it started itself may still hold the other end
      reject(new RenderError({ kind, message }));
    };
    const timer = setTimeout(() => stop("bounds", tooSlow(bounds)), bounds.timeoutMs);
    const reader = new AnswerReader(bounds.maxOutputBytes);
    const leave = (): void => {
      clearTimeout(timer);
      child.stdout.off("data", onData);
      child.off("error", onError).off("close", onClose);
    };
    const onData = (chunk: Buffer): void => {
      const result = reader.add(chunk);
      if (result === "too large") stop("bounds", tooLarge(bounds));
      else if (result === "malformed") stop("helm", malformed);
      else if (result !== undefined) {
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
    const onClose = (_code: number | null, signal: NodeJS.Signals | null): void => {
      leave();
      if (outOfBounds(signal, server.words())) stop("bounds", tooHungry);
      else stop("helm", ended(server.words()));
    };
    child.stdout.on("data", onData);
    child.on("error", onError).on("close", onClose);
    const { timeoutMs, maxOutputBytes: maxBytes } = bounds;
    child.stdin.write(`${JSON.stringify({ ...request, timeoutMs, maxBytes })}\n`);
  });
}

const malformed = "helm-render gave an answer that cannot be read, and was stopped";

/** Only the first line of what it said: a trace of the process helps nobody. */
const ended = (words: string): string => {
  const first = words.trim().split("\n")[0] ?? "";
  return `helm-render ended without an answer${first === "" ? "" : ` (${first.slice(0, 200)})`}`;
};

/** Longest first line: a length, or Helm's reason for a refusal. */
const longestHeader = 1024 * 1024;

/** Puts an answer together: one line of JSON with a length, then as many bytes of JSON; or one line with a refusal. Never throws. */
export class AnswerReader {
  private readonly chunks: Buffer[] = [];
  private size = 0;
  /** Bytes of the answer, once the first line is there. */
  private bytes: number | undefined;

  /** @param limit most bytes of an answer */
  constructor(private readonly limit: number) {}

  /** The answer when `chunk` completes it. */
  add(chunk: Buffer): ServerAnswer<unknown> | "too large" | "malformed" | undefined {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.bytes === undefined) {
      if (!chunk.includes(10)) return this.size > longestHeader ? "too large" : undefined;
      const all = Buffer.concat(this.chunks.splice(0));
      const end = all.indexOf(10);
      const header = jsonIn(all.subarray(0, end)) as { bytes?: unknown; error?: unknown } | undefined;
      const rest = all.subarray(end + 1);
      if (typeof header !== "object" || header === null) return "malformed";
      if (typeof header.error === "string") return rest.length === 0 ? { refusal: header.error } : "malformed";
      const { bytes } = header;
      if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 1) return "malformed";
      if (bytes > this.limit) return "too large";
      this.bytes = bytes;
      this.size = rest.length;
      this.chunks.push(rest);
    }
    if (this.size < this.bytes) return undefined;
    if (this.size > this.bytes) return "malformed";
    const answer = jsonIn(Buffer.concat(this.chunks));
    return typeof answer === "object" && answer !== null ? { answer } : "malformed";
  }
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return parseJson(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
