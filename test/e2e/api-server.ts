/** An API server alone, with nothing but its store: enough to ask what admission says. On loopback, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolPath } from "../../process/toolchain/locate";

export interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly minor?: string };
  /** Texts of the warnings, as they were before they were put into headers. */
  readonly warnings: readonly string[];
  /** Id of the request in the audit log. */
  readonly auditId: string;
}

export interface ApiServer {
  /** Asks as an administrator, or as `user`. */
  call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, user?: "admin" | "robot"): Promise<Answer>;
  /** A kubeconfig of the administrator, whose one context is `api-server`. */
  readonly kubeconfig: string;
  /** Where it listens on loopback. */
  readonly port: string;
  /** Objects as they are stored, below a key such as /registry/apps/. */
  stored<T>(prefix: string): Promise<T[]>;
  /** Annotations of finished requests in the audit log, by their ids. */
  audited(): Map<string, Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** What the API server says of Pod Security in its own configuration. */
export interface PodSecurityConfiguration {
  readonly defaults?: Readonly<Record<string, string>>;
  readonly exemptions?: Readonly<Record<string, readonly string[]>>;
}

/** Starts etcd and kube-apiserver of the toolchain and waits until it is ready, two minutes at most. */
export async function startApiServer(
  podSecurity: PodSecurityConfiguration = {},
  authorization = "AlwaysAllow",
): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-api-server-"));
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const key = join(folder, "service-account.key");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const users = ["admin,test,1,system:masters", "robot,robot,2"];
  writeFileSync(join(folder, "tokens.csv"), `${users.join("\n")}\n`, { mode: 0o600 });
  const auditLog = join(folder, "audit.log");
  writeFileSync(join(folder, "audit.json"), JSON.stringify(auditPolicy));
  writeFileSync(join(folder, "admission.json"), JSON.stringify(admissionConfiguration(podSecurity)));

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
    "authorization-mode": authorization,
    "disable-admission-plugins": "ServiceAccount",
    "admission-control-config-file": join(folder, "admission.json"),
    "audit-policy-file": join(folder, "audit.json"),
    "audit-log-path": auditLog,
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
  const kubeconfig = join(folder, "kubeconfig.json");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(secure)), { mode: 0o600 });
  const api: ApiServer = {
    kubeconfig,
    port: String(secure),
    stored: (prefix) => stored(client, prefix),
    call: (method, path, body, user = "admin") => call(agent, secure, user, method, path, body),
    audited: () => annotations(readFileSync(auditLog, "utf8")),
    stop,
  };
  for (let second = 0; second < 120; second++) {
    const answer = await api.call("GET", "/readyz").catch(() => null);
    if (answer?.status === 200) return api;
    if (server.exitCode !== null || etcd.exitCode !== null) break;
    await sleep(1_000);
  }
  const last = ["etcd", "kube-apiserver"].map((tool) => readFileSync(join(folder, `${tool}.log`), "utf8").slice(-500));
  await stop();
  throw new Error(`the API server was not ready within two minutes, or has ended:\n${last.join("\n")}`);
}

/** Who asked for what and what admission noted of it, but of no one who only looks. */
const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", verbs: ["create"] }, { level: "None" }],
};

const kubeconfigOf = (port: number): object => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "api-server",
  clusters: [
    { name: "api-server", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
  ],
  users: [{ name: "admin", user: { token: "admin" } }],
  contexts: [{ name: "api-server", context: { cluster: "api-server", user: "admin" } }],
});

/** What etcd holds below a key, of kinds that are stored as JSON: custom resources are. */
async function stored<T>(port: number, prefix: string): Promise<T[]> {
  const key = Buffer.from(prefix);
  const end = Buffer.concat([key.subarray(0, -1), Buffer.from([(key.at(-1) ?? 0) + 1])]);
  const range = { key: key.toString("base64"), range_end: end.toString("base64") };
  const answer = await fetch(`http://127.0.0.1:${port}/v3/kv/range`, { method: "POST", body: JSON.stringify(range) });
  const { kvs = [] } = (await answer.json()) as { kvs?: readonly { readonly value: string }[] };
  return kvs.map(({ value }) => JSON.parse(Buffer.from(value, "base64").toString("utf8")) as T);
}

function admissionConfiguration(podSecurity: PodSecurityConfiguration): object {
  const kind = { apiVersion: "pod-security.admission.config.k8s.io/v1", kind: "PodSecurityConfiguration" };
  const plugins = [{ name: "PodSecurity", configuration: { ...kind, ...podSecurity } }];
  return { apiVersion: "apiserver.config.k8s.io/v1", kind: "AdmissionConfiguration", plugins };
}

function annotations(log: string): Map<string, Readonly<Record<string, string>>> {
  const events = log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AuditEvent);
  return new Map(events.map((event) => [event.auditID, event.annotations ?? {}]));
}

interface AuditEvent {
  readonly auditID: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A free port outside of the ephemeral range, so that no other process is given it before the server listens. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer().listen(port, "127.0.0.1");
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (free) return port;
  }
}

function call(
  agent: Agent,
  port: number,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const asked = request({ agent, host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        const json = String(response.headers["content-type"]).includes("json");
        resolve({
          status: response.statusCode ?? 0,
          body: json ? JSON.parse(text) : {},
          warnings: warningsIn(response.rawHeaders),
          auditId: String(response.headers["audit-id"] ?? ""),
        });
      });
    });
    asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Warnings in headers, `299 - "text"` each, the text escaped (k8s.io/apimachinery pkg/util/net/http.go, NewWarningHeader). */
function warningsIn(rawHeaders: readonly string[]): string[] {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === "warning");
  // Node reads headers as Latin-1; what was sent is UTF-8.
  return values.map((value) =>
    Buffer.from(value, "latin1")
      .toString("utf8")
      .replace(/^299 - "(.*)"$/s, "$1")
      .replace(/\\([\\"])/g, "$1"),
  );
}
