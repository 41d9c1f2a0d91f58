import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Image } from "../../images/build/image";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";
import { packBinary } from "../../images/build/pack-binary";
import { pushImage } from "../../images/build/registry-client";
import { toolPath } from "../../process/toolchain/locate";

/** A port nobody listens on now. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function answers(url: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (
      await fetch(`${url}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error(`the registry at ${url} did not start`);
}

describe("images: push to a registry", function () {
  this.timeout(30_000);
  let work: string;
  let url: string;
  let registry: ChildProcess;
  const given = process.env.HARDENED_CACHE;

  before(async () => {
    work = mkdtempSync(join(tmpdir(), "images-registry-"));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = {
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: join(work, "storage") } },
      http: { addr: `127.0.0.1:${port}` },
    };
    writeFileSync(join(work, "config.yml"), JSON.stringify(config));
    const env = { ...process.env, OTEL_TRACES_EXPORTER: "none" };
    registry = spawn(toolPath("registry"), ["serve", join(work, "config.yml")], { env, stdio: "ignore" });
    process.env.HARDENED_CACHE = join(work, "cache");
    await answers(url);
  });
  after(() => {
    registry.kill();
    if (given === undefined) delete process.env.HARDENED_CACHE;
    else process.env.HARDENED_CACHE = given;
    rmSync(work, { recursive: true, force: true });
  });

  const image = (content: string, name = "tool"): Promise<Image> => {
    const from = join(work, content);
    writeFileSync(from, content);
    const files = [{ path: "/tool", from, mode: 0o755 }];
    return packBinary({ name, description: "A tool.", files, user: "1:1", entrypoint: ["/tool"], env: [] });
  };
  const accept = { accept: "application/vnd.oci.image.manifest.v1+json" };

  it("the registry gives back what was pushed, byte for byte", async () => {
    const { digest, layoutDir } = await image("first");
    assert.deepEqual(await pushImage(layoutDir, url, "team/tool", "v1"), { digest, sent: 3 });
    const response = await fetch(`${url}/v2/team/tool/manifests/v1`, { headers: accept });
    assert.equal(response.headers.get("docker-content-digest"), digest);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), readFileSync(blobFile(layoutDir, digest)));
    const { config, layers } = readManifest(layoutDir, manifestDescriptor(layoutDir));
    for (const blob of [config, ...layers]) {
      const bytes = Buffer.from(await (await fetch(`${url}/v2/team/tool/blobs/${blob.digest}`)).arrayBuffer());
      assert.deepEqual(bytes, readFileSync(blobFile(layoutDir, blob.digest)));
    }
  });

  it("sends nothing twice", async () => {
    const { layoutDir } = await image("second");
    assert.equal((await pushImage(layoutDir, url, "tool", "v1")).sent, 3);
    assert.equal((await pushImage(layoutDir, url, "tool", "v1")).sent, 0);
    assert.equal((await pushImage(layoutDir, url, "tool", "v2")).sent, 1);
  });

  it("moves a tag to the newer image", async () => {
    await pushImage((await image("old")).layoutDir, url, "moving", "latest");
    const { digest, layoutDir } = await image("new");
    await pushImage(layoutDir, url, "moving", "latest");
    const now = await fetch(`${url}/v2/moving/manifests/latest`, { method: "HEAD", headers: accept });
    assert.equal(now.headers.get("docker-content-digest"), digest);
  });

  it("says what a registry refuses, and that there is none", async () => {
    const { layoutDir } = await image("third");
    await assert.rejects(pushImage(layoutDir, url, "UPPER", "v1"), {
      name: "UserError",
      message: /^registry http:\S+: POST \/v2\/UPPER\/blobs\/uploads\/ answered 404/,
    });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await assert.rejects(pushImage(layoutDir, nobody, "tool", "v1"), {
      name: "UserError",
      message: `registry ${nobody} does not answer (ECONNREFUSED); is it running?`,
    });
  });
});
