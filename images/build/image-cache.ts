import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "../../policy/own-folders";
import type { Image, ImageContents } from "./image";
import { architecture, verifiedDigest, writeLayout } from "./oci";

/** Version of the build; increment it when the same sources have to result in another image. */
const recipe = 2;

/** Folder of all built images, outside any checkout. */
export const imageCacheFolder = (): string => join(cacheRoot(), "images");

/** A key made of everything an image depends on. */
export function imageKey(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256").update(`${recipe}\0${architecture()}`);
  for (const part of parts) hash.update(`\0${part.length}\0`).update(part);
  return hash.digest("hex").slice(0, 16);
}

/**
 * The image of a key: from the cache when it is there and intact, else built from the result of `contents`.
 * An image is created by one rename, so a killed run leaves no incomplete one. Images that were not used for a week are deleted.
 */
export async function cachedImage(
  name: string,
  key: string,
  contents: (workDir: string) => Promise<ImageContents>,
): Promise<Image> {
  const folder = join(imageCacheFolder(), name);
  const layoutDir = join(folder, key);
  const known = verifiedDigest(layoutDir);
  if (known) {
    utimesSync(layoutDir, new Date(), new Date());
    return { name, digest: known, layoutDir };
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "new-"));
  try {
    const digest = writeLayout(join(work, "layout"), await contents(work));
    rmSync(layoutDir, { recursive: true, force: true });
    renameSync(join(work, "layout"), layoutDir);
    dropUnused(folder);
    return { name, digest, layoutDir };
  } catch (error) {
    const elsewhere = verifiedDigest(layoutDir); // a concurrent run was faster
    if (elsewhere) return { name, digest: elsewhere, layoutDir };
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const week = 7 * 24 * 60 * 60 * 1000;

function dropUnused(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (Date.now() - statSync(path).mtimeMs > week) rmSync(path, { recursive: true, force: true });
  }
}
