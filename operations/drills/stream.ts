import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "./endpoint";

/** One request of a stream. */
export interface Sample {
  /** Milliseconds from the start of the stream to the time it was due. */
  readonly at: number;
  /** Milliseconds until the response was complete, or the request failed. */
  readonly ms: number;
  readonly phase: string;
  /** Why it failed; absent when it succeeded (status 200 to 399, response complete). */
  readonly failure?: string;
}

export interface StreamOptions {
  /** Requests per second. They are sent when they are due, whether or not earlier ones were answered (open workload model). */
  readonly rate: number;
  /** Timeout of a request in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Maximum number of concurrent requests; one that is due above it fails unsent. @default 500 */
  readonly maxInFlight?: number;
}

/** A steady stream of requests that runs until it is stopped. */
export interface Stream {
  /** Starts a phase; the samples from now on carry its name. */
  phase(name: string): void;
  /** Requests due so far in some phases. */
  count(...phases: string[]): number;
  /** Why requests of a phase failed, those answered so far. */
  failures(phase: string): readonly string[];
  /** Ends the stream, waits for pending requests, and returns every request in the order it was due. */
  stop(): Promise<readonly Sample[]>;
}

/** Each request uses a new connection: nothing is retried, and no reused connection hides where new ones go. */
function ask(endpoint: Endpoint, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const send = endpoint.secure ? httpsRequest : httpRequest;
    let over = false;
    const end = (failure?: string): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      resolve(failure);
      if (failure !== undefined) call.destroy();
    };
    const onAnswer = (answer: IncomingMessage): void => {
      const { statusCode = 0 } = answer;
      answer.on("error", (error) => end(codeOf(error)));
      answer.on("end", () => end(statusCode >= 200 && statusCode < 400 ? undefined : `status ${statusCode}`));
      answer.on("aborted", () => end("answer cut off"));
      answer.resume();
    };
    const call = send({ agent: false, ...endpoint.options, method: "GET" }, onAnswer);
    const timer = setTimeout(() => end(`no answer within ${timeoutMs} ms`), timeoutMs);
    call.on("error", (error) => end(codeOf(error)));
    call.end();
  });
}

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.message;

/** Starts a stream. It never throws: a request that could not be sent counts as failed. */
export function startStream(endpoint: Endpoint, options: StreamOptions): Stream {
  const { rate, timeoutMs = 5000, maxInFlight = 500 } = options;
  const samples: Sample[] = [];
  const dueIn = new Map<string, number>();
  const start = performance.now();
  let phase = "before";
  let due = 0;
  let inFlight = 0;
  let stopped = false;

  const send = (at: number): void => {
    const own = phase;
    due += 1;
    dueIn.set(own, (dueIn.get(own) ?? 0) + 1);
    if (inFlight >= maxInFlight) {
      samples.push({ at, ms: 0, phase: own, failure: `not sent: ${maxInFlight} requests unanswered` });
      return;
    }
    inFlight += 1;
    const sent = performance.now();
    ask(endpoint, timeoutMs).then((failure) => {
      inFlight -= 1;
      samples.push({ at, ms: performance.now() - sent, phase: own, ...(failure !== undefined && { failure }) });
    });
  };
  const tick = (): void => {
    const elapsed = performance.now() - start;
    while ((due * 1000) / rate <= elapsed) send((due * 1000) / rate);
    if (!stopped) timer = setTimeout(tick, Math.max(1, (due * 1000) / rate - elapsed));
  };
  let timer = setTimeout(tick, 0);

  return {
    phase: (name) => {
      phase = name;
    },
    count: (...phases) => phases.reduce((sum, name) => sum + (dueIn.get(name) ?? 0), 0),
    failures: (name) =>
      samples.flatMap(({ phase: of, failure }) => (of === name && failure !== undefined ? [failure] : [])),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      while (inFlight > 0) await sleep(20);
      return samples.sort((a, b) => a.at - b.at);
    },
  };
}
