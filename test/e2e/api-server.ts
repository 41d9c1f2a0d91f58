/** An API server alone, with nothing but its store: enough to ask what admission says. On loopback, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolPath } from "../../local/toolchain/locate";

export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly minor?: string };
  readonly warnings: string;
}

export interface ApiServer {
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver of the toolchain and waits until it is ready, two minutes at most. */
export async function startApiServer(): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-api-server-"));
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const key = join(folder, "service-account.key");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  writeFileSync(join(folder, "tokens.csv"), "token,test,1,system:masters\n", { mode: 0o600 });

  const start = (tool: string, options: Readonly<Record<string, string>>): ChildProcess => {
    const log = openSync(join(folder, `${tool}.log`), "w");
    const given = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    return spawn(toolPath(tool), given, { stdio: ["ignore", log, log] });
  };
  const etcd = start("etcd", {
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": `http://127.0.0.1:${client}`,
    "advertise-client-urls": `http://127.0.0.1:${client}`,
    "listen-peer-urls": `http://127.0.0.1:${peer}`,
    "initial-advertise-peer-urls": `http://127.0.0.1:${peer}`,
    "initial-cluster": `default=http://127.0.0.1:${peer}`,
    "unsafe-no-fsync": "true",
  });
  const server = start("kube-apiserver", {
    "etcd-servers": `http://127.0.0.1:${client}`,
    "bind-address": "127.0.0.1",
    "secure-port": String(secure),
    "cert-dir": join(folder, "certificates"),
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": key,
    "service-account-signing-key-file": key,
    "token-auth-file": join(folder, "tokens.csv"),
    "authorization-mode": "AlwaysAllow",
    "disable-admission-plugins": "ServiceAccount",
    "service-cluster-ip-range": "10.200.0.0/24",
  });
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const stop = async () => {
    agent.destroy();
    for (const child of [server, etcd]) {
      if (child.exitCode !== null) continue;
      child.kill();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const api: ApiServer = { call: (method, path, body) => call(agent, secure, method, path, body), stop };
  for (let second = 0; second < 120; second++) {
    const answer = await api.call("GET", "/readyz").catch(() => null);
    if (answer?.status === 200) return api;
    await sleep(1_000);
  }
  await stop();
  throw new Error("the API server was not ready within two minutes");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function call(agent: Agent, port: number, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: "Bearer token", "content-type": "application/json" };
    const asked = request({ agent, host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        const json = String(response.headers["content-type"]).includes("json");
        const warnings = String(response.headers.warning ?? "");
        resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(text) : {}, warnings });
      });
    });
    asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
