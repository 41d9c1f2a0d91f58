import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "./cosign";

/** What a route answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Milliseconds before the answer. */
  readonly delayMs?: number;
  /** Sends zeros without end and without a length. */
  readonly endless?: boolean;
}
type Route = Answer | ((headers: IncomingHttpHeaders) => Answer);

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** A registry that says whatever a test wants, also what a real one never says. */
export class CraftedRegistry {
  readonly routes = new Map<string, Route>();
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  /** Most requests at the same time. */
  busiest = 0;
  private busy = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const path = (request.url ?? "").replace(/\?.*/, "");
      this.asked.push(request.url ?? "");
      this.busy += 1;
      this.busiest = Math.max(this.busiest, this.busy);
      response.on("close", () => {
        this.busy -= 1;
      });
      const route = this.routes.get(path) ?? { status: 404 };
      const {
        status = 200,
        headers = {},
        body = "",
        delayMs = 0,
        endless,
      } = typeof route === "function" ? route(request.headers) : route;
      setTimeout(() => {
        response.writeHead(status, headers);
        if (!endless) return void response.end(body);
        const send = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          if (!response.destroyed) response.once("drain", send);
        };
        send();
      }, delayMs);
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** host:port */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets routes and requests. */
  clear(): void {
    this.routes.clear();
    this.asked.length = 0;
    this.busiest = 0;
  }

  /** Serves a blob under its digest; the answer is its descriptor. */
  blob(repository: string, content: string | Buffer, answer: Answer = {}): { digest: string; size: number } {
    const digest = sha256(content);
    this.routes.set(`/v2/${repository}/blobs/${digest}`, { body: content, ...answer });
    return { digest, size: content.length };
  }

  /** Serves a signature as cosign 1 and 2 store it. */
  legacy(
    repository: string,
    digest: string,
    layers: readonly { payload: string | Buffer; annotations: Record<string, string> }[],
  ): void {
    const manifest = {
      schemaVersion: 2,
      layers: layers.map(({ payload, annotations }) => ({
        mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
        ...this.blob(repository, payload),
        annotations,
      })),
    };
    this.routes.set(`/v2/${repository}/manifests/${digest.replace(":", "-")}.sig`, { body: JSON.stringify(manifest) });
  }

  /** Serves bundles by the referrers API. */
  bundles(
    repository: string,
    digest: string,
    bundles: readonly unknown[],
    artifactType: string | null = bundleType,
  ): void {
    const manifests = bundles.map((bundle) => {
      const layer = {
        mediaType: bundleType,
        ...this.blob(repository, typeof bundle === "string" ? bundle : JSON.stringify(bundle)),
      };
      const manifest = JSON.stringify({ schemaVersion: 2, layers: [layer] });
      this.routes.set(`/v2/${repository}/manifests/${sha256(manifest)}`, { body: manifest });
      return { digest: sha256(manifest), size: manifest.length, ...(artifactType !== null && { artifactType }) };
    });
    this.routes.set(`/v2/${repository}/referrers/${digest}`, { body: JSON.stringify({ schemaVersion: 2, manifests }) });
  }
}
