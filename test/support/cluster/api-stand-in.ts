import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { ensureCertificates, pki } from "../../../cluster/local/certificates";
import { apiTarget } from "../../../cluster/local/host-ports";
import type { Instance } from "../../../cluster/local/names";
import { writeAtomic } from "../../../process/atomic-write";

/** Path → status and body; it answers 404 to others. */
export type Answers = Record<string, readonly [status: number, body: string]>;

/** Stands in for an instance's API server, with the instance's own certificates. It answers the administrator alone. Returns what stops it. */
export async function apiStandIn(instance: Instance, answers: Answers): Promise<() => void> {
  await ensureCertificates(instance);
  const own = (file: string): Buffer => readFileSync(pki(instance, file));
  const tls = { ca: own("ca.crt"), cert: own("apiserver.crt"), key: own("apiserver.key"), requestCert: true };
  const server: Server = createServer(tls, ({ socket, url = "" }, response) => {
    const [status, body] = answers[url] ?? [404, "no such path"];
    const { CN } = (socket as Socket as TLSSocket).getPeerCertificate().subject;
    response.writeHead(CN === "hardened-admin" ? status : 401).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeAtomic(join(instance.state, "host-ports.json"), JSON.stringify({ [apiTarget]: port }));
  return () => {
    server.close();
  };
}
