import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";

/** An image's files in a folder of their own. */
export interface UnpackedImage {
  readonly root: string;
  /** What a command in the image is put behind: it runs with the folder as its root, as the user of the images or another. */
  readonly within: readonly [string, ...string[]];
  remove(): void;
}

export async function unpackedImage(name: string, user = 10001): Promise<UnpackedImage> {
  const [image] = await buildImages([name], { log: () => {} });
  assert.ok(image);
  const [layer] = readManifest(image.layoutDir, manifestDescriptor(image.layoutDir)).layers;
  assert.ok(layer);
  const root = mkdtempSync(join(tmpdir(), `image-${name}-`));
  chmodSync(root, 0o755);
  execFileSync("tar", ["-xpf", blobFile(image.layoutDir, layer.digest), "-C", root]);
  return {
    root,
    within:
      process.getuid?.() === 0
        ? ["chroot", `--userspec=${user}:${user}`, root]
        : ["unshare", `--map-user=${user}`, `--map-group=${user}`, `--root=${root}`],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A port of the loopback address that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
