import { type ChildProcess, spawn } from "node:child_process";
import { createHash, type KeyObject } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "../../../process/toolchain/locate";
import { type Result, run } from "../run";
import { signedAnnotations, simpleSigning } from "./cosign-signature";

const indexType = "application/vnd.oci.image.index.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

export const sha256 = (data: string | Buffer): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/** A real registry (distribution) on a free loopback port, and the real cosign to sign with. */
export class SigningBench {
  /** Folder of keys and settings; cosign's home. */
  folder = "";
  /** host:port */
  registry = "";
  private server: ChildProcess | undefined;

  async start(): Promise<void> {
    this.folder ||= mkdtempSync(join(tmpdir(), "signatures-"));
    const rootdirectory = join(this.folder, "registry");
    const config = join(this.folder, "registry.yml");
    const settings = {
      version: "0.1",
      log: { level: "info", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory }, delete: { enabled: true } },
      http: { addr: this.registry || "127.0.0.1:0" },
    };
    writeFileSync(config, JSON.stringify(settings));
    const env = { ...process.env, OTEL_TRACES_EXPORTER: "none" };
    const server = spawn(toolPath("registry"), ["serve", config], { env, stdio: ["ignore", "ignore", "pipe"] });
    this.server = server;
    this.registry = await new Promise<string>((resolve, reject) => {
      let log = "";
      server.stderr.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(log) ?? [];
        if (address !== undefined) resolve(address);
      });
      server.on("close", (code) => reject(new Error(`the registry ended with ${code}: ${log}`)));
    });
  }

  /** Ends the registry; `start` brings it back at the same address with what it had. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null) return;
    const closed = new Promise((resolve) => server.once("close", resolve));
    server.kill("SIGTERM");
    await closed;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs cosign. Rejects with its words when it fails. */
  async cosign(...args: string[]): Promise<Result> {
    const home = join(this.folder, "home");
    mkdirSync(home, { recursive: true });
    // The password protects keys that live as long as the test.
    const env = { PATH: process.env.PATH, HOME: home, COSIGN_PASSWORD: "test" };
    const result = await run(toolPath("cosign"), args, { cwd: this.folder, env, timeoutMs: 60_000 });
    if (result.code !== 0) throw new Error(`cosign ${args[0]} ended with ${result.code}: ${result.text}`);
    return result;
  }

  /** Makes a key pair; the answer is the name of its files: <name>.key, <name>.pub. */
  async keyPair(name: string): Promise<string> {
    await this.cosign("generate-key-pair", "--output-key-prefix", name);
    return name;
  }

  /** Signs by key, without any log: the machine may be offline. */
  async sign(image: string, key: string, layout: "bundle" | "legacy", ...more: string[]): Promise<void> {
    const old = layout === "legacy" ? ["--new-bundle-format=false"] : [];
    const offline = ["--tlog-upload=false", "--use-signing-config=false", "--yes"];
    await this.cosign("sign", "--key", `${key}.key`, ...offline, ...old, ...more, image);
  }

  /** Stores a signature by key as cosign 1 and 2 do, without cosign: for who verifies with something else. */
  async signWith(key: KeyObject, repository: string, digest: string): Promise<void> {
    const payload = Buffer.from(simpleSigning(digest));
    const descriptor = async (mediaType: string, data: Buffer) => ({
      mediaType,
      digest: await this.blob(repository, data),
      size: data.length,
    });
    const signed = {
      ...(await descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload)),
      annotations: signedAnnotations(payload.toString(), key),
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: await descriptor("application/vnd.oci.image.config.v1+json", Buffer.from("{}")),
      layers: [signed],
    };
    await this.manifest(repository, manifest, `${digest.replace(":", "-")}.sig`);
  }

  /** Whether cosign accepts an image's signature by this key. */
  async verify(image: string, key: string, layout: "bundle" | "legacy"): Promise<boolean> {
    const old = layout === "legacy" ? ["--new-bundle-format=false"] : [];
    try {
      await this.cosign("verify", "--key", `${key}.pub`, "--insecure-ignore-tlog", ...old, image);
      return true;
    } catch (error) {
      if (/no (matching|valid)/.test(String(error))) return false;
      throw error;
    }
  }

  /** Pushes an image of its own content; the answer is its name with digest. */
  async image(repository: string, content = repository): Promise<string> {
    const config = Buffer.from(JSON.stringify({ content }));
    await this.blob(repository, config);
    const descriptor = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: sha256(config),
      size: config.length,
    };
    const manifest = { schemaVersion: 2, mediaType: manifestType, config: descriptor, layers: [] };
    return `${this.registry}/${repository}@${await this.manifest(repository, manifest)}`;
  }

  /** Pushes an index over images of the same repository. */
  async index(repository: string, images: readonly string[]): Promise<string> {
    const manifests = images.map((image, at) => ({
      mediaType: manifestType,
      digest: image.split("@")[1],
      size: 0,
      platform: { os: "linux", architecture: ["amd64", "arm64"][at] },
    }));
    for (const one of manifests) one.size = (await this.read(repository, String(one.digest))).length;
    return `${this.registry}/${repository}@${await this.manifest(repository, { schemaVersion: 2, mediaType: indexType, manifests })}`;
  }

  /** Stores a manifest under its digest, or under a tag. */
  async manifest(
    repository: string,
    manifest: { mediaType?: string; [field: string]: unknown },
    tag?: string,
  ): Promise<string> {
    const body = JSON.stringify(manifest);
    const headers = { "content-type": manifest.mediaType ?? manifestType };
    await this.ask(`${repository}/manifests/${tag ?? sha256(body)}`, "PUT", { body, headers });
    return sha256(body);
  }

  /** Stores a blob. */
  async blob(repository: string, data: Buffer): Promise<string> {
    const begun = await this.ask(`${repository}/blobs/uploads/`, "POST");
    const target = new URL(begun.headers.get("location") ?? "", `http://${this.registry}`);
    target.searchParams.set("digest", sha256(data));
    const response = await fetch(target, { method: "PUT", body: new Uint8Array(data) });
    if (!response.ok) throw new Error(`blob: ${response.status}`);
    return sha256(data);
  }

  /** A manifest by tag or digest. */
  async read(repository: string, reference: string): Promise<Buffer> {
    const headers = { accept: `${indexType}, ${manifestType}` };
    return Buffer.from(
      await (await this.ask(`${repository}/manifests/${reference}`, "GET", { headers })).arrayBuffer(),
    );
  }

  private async ask(path: string, method: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`http://${this.registry}/v2/${path}`, { ...init, method });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
