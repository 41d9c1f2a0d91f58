import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { pki } from "../../../cluster/local/certificates";
import { apiUrl } from "../../../cluster/local/host-ports";
import { instance } from "../e2e-cluster";

/** A way to the cluster on which nothing that exists can be created. */
export interface StrictApi {
  /** Objects a creation was refused for, as paths. */
  readonly refused: readonly string[];
  close(): void;
}

interface Live {
  readonly metadata: { readonly managedFields?: readonly { readonly manager?: string }[] };
}

/**
 * Passes everything on to the shared cluster's API server, as its administrator, but answers the creation of what exists with
 * AlreadyExists: also where the provider creates by server-side apply, which would take it over. A creation is told by its
 * field manager, which the provider makes up again for each object it makes: the live object does not know it.
 * @param kubeconfig file that is written, and leads here
 */
export async function strictApi(kubeconfig: string): Promise<StrictApi> {
  const refused: string[] = [];
  const file = (name: string): Buffer => readFileSync(pki(instance, name));
  const agent = new Agent({ keepAlive: true, ca: file("ca.crt"), cert: file("admin.crt"), key: file("admin.key") });
  const to = (path: string): URL => new URL(`${apiUrl(instance)}${path}`);

  const isStrange = async (path: string, manager: string): Promise<boolean> => {
    const call = request(to(path), { agent }).end();
    const [live] = (await once(call, "response")) as [IncomingMessage];
    const { metadata } = (await json(live)) as Live;
    return live.statusCode === 200 && !metadata.managedFields?.some((one) => one.manager === manager);
  };
  const pass = async (from: IncomingMessage, back: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(from.url ?? "/", "http://localhost");
    const isApply = from.method === "PATCH" && from.headers["content-type"] === "application/apply-patch+yaml";
    // A preview's answer counts for nothing: the provider passes over it.
    if (isApply && !searchParams.has("dryRun") && (await isStrange(pathname, searchParams.get("fieldManager") ?? ""))) {
      refused.push(pathname);
      const status = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "AlreadyExists", code: 409 };
      from.resume();
      back.writeHead(409, { "content-type": "application/json" });
      back.end(JSON.stringify({ ...status, message: `${pathname} already exists` }));
      return;
    }
    const { host: _, ...headers } = from.headers;
    const call = request(to(from.url ?? "/"), { agent, method: from.method, headers }, (answer) => {
      back.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(back);
    });
    call.on("error", () => back.destroy());
    back.on("close", () => call.destroy());
    from.pipe(call);
  };
  const server = createServer((from, back) => void pass(from, back).catch(() => back.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const name = instance.context;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: address } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: {} }],
    "current-context": name,
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  };
  return { refused, close };
}
