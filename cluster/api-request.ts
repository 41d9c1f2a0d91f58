import { type Agent, type IncomingMessage, request } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { ClusterUnavailable } from "./cluster";

/** What the API server answers. */
export interface ApiAnswer {
  readonly status: number;
  /** JSON as it is; any other text as `message`. */
  readonly body: unknown;
}

export interface ApiRequest {
  /** @default GET */
  readonly method?: "GET" | "PUT";
  /** Sent as JSON. @default nothing */
  readonly body?: unknown;
  /** Media types of the answer. @default any */
  readonly accept?: string;
  /** Keeps connections for several requests. @default Node's own */
  readonly agent?: Agent;
  /** Milliseconds until it is given up. @default 15000 */
  readonly timeoutMs?: number;
}

/** One request through the socket of `Cluster.proxy`, whatever the status. Throws ClusterUnavailable when there is no answer. */
export async function askApi(socketPath: string, path: string, options: ApiRequest = {}): Promise<ApiAnswer> {
  const { method = "GET", body, accept, agent, timeoutMs = 15_000 } = options;
  const headers = {
    host: "localhost",
    ...(accept !== undefined && { accept }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, socketPath, method, path, headers, signal }, resolve)
        .on("error", reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
    const text = await readAll(response);
    const isJson = String(response.headers["content-type"]).includes("json");
    return { status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : { message: text.trim() } };
  } catch (error) {
    throw new ClusterUnavailable(`${path}: ${(error as Error).message}`);
  }
}
