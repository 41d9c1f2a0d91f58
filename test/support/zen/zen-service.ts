import { createHash, createHmac, hkdfSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../../images/unpacked-image";

/** What an agent reports. */
interface Result {
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
}

/** The SaaS of zen, in this process and over http: hands out orders, keeps results and looks at every signature. */
export interface ZenService {
  readonly address: string;
  readonly credentials: Readonly<Record<string, string>> & { readonly ZEN_AGENT_BOOTSTRAP_TOKEN: string };
  /** A port that nobody listens on. */
  readonly freePort: string;
  readonly results: readonly Result[];
  /** Requests that were answered. */
  readonly requests: number;
  /** What was wrong with requests. */
  readonly faults: readonly string[];
  /** Whether it answers 502 to everything. */
  away: boolean;
  /** Hands out a remediation until it is reported. */
  order(name: string, spec: object): void;
  stop(): Promise<void>;
}

const token = "bootstrap-token-4be1";
const key = Buffer.from(hkdfSync("sha256", token, "tenant-1/cluster-1", "zen hmac v1", 32));

/** Starts it on loopback. `/broken` answers 500, for a probe. */
export async function zenService(): Promise<ZenService> {
  const orders = new Map<string, object>();
  const results: Result[] = [];
  const faults: string[] = [];
  const nonces = new Set<string>();
  let requests = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const part of request) body += part;
    if (request.url === "/broken") return void response.writeHead(500).end();
    if (service.away) return void response.writeHead(502).end();
    requests++;
    faults.push(...faultsOf(request, body, nonces));
    for (const one of (JSON.parse(body || "{}") as { results?: Result[] }).results ?? []) {
      results.push(one);
      orders.delete(one.name);
    }
    const approved = { approvedBy: "operator", approvedVia: "ui-immediate" };
    const remediations = [...orders].map(([name, spec]) => ({ name, spec, ...approved }));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ remediations }));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const service: ZenService = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: {
      ZEN_AGENT_TENANT_ID: "tenant-1",
      ZEN_AGENT_CLUSTER_ID: "cluster-1",
      ZEN_AGENT_BOOTSTRAP_TOKEN: token,
    },
    freePort: String(await freePort()),
    results,
    faults,
    get requests() {
      return requests;
    },
    away: false,
    order: (name, spec) => void orders.set(name, spec),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

/** What is wrong with the signature of a request. */
function faultsOf({ method, url, headers }: IncomingMessage, body: string, nonces: Set<string>): string[] {
  const nonce = String(headers["x-zen-nonce"]);
  const timestamp = String(headers["x-zen-timestamp"]);
  const digest = createHash("sha256").update(body).digest("hex");
  const signed = [method, url, timestamp, nonce, digest].join("\n");
  const wanted = createHmac("sha256", key).update(signed).digest("hex");
  const faults: string[] = [];
  if (headers["x-zen-signature"] !== wanted) faults.push(`${method} ${url}: the signature is wrong`);
  if (!/^[0-9a-f]{32}$/.test(nonce) || nonces.has(nonce)) faults.push(`${method} ${url}: nonce ${nonce}`);
  if (Math.abs(Date.parse(timestamp) - Date.now()) > 60_000) faults.push(`${method} ${url}: ${timestamp}`);
  if (headers["x-zen-tenant"] !== "tenant-1" || headers["x-zen-cluster"] !== "cluster-1")
    faults.push(`${method} ${url}: it does not say whose it is`);
  nonces.add(nonce);
  return faults;
}
