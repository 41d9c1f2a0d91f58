import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Digest of all files of a chart folder, links to the library chart followed. It is part of the values: the provider
 * shows no diff for an edited template (pulumi-kubernetes#2672).
 */
export function chartDigest(folder: string): string {
  const hash = createHash("sha256");
  const visit = (path: string, relative: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name), `${relative}/${name}`);
    } else if (!relative.endsWith(".md") && !relative.endsWith("secrets-values.yaml")) {
      const content = readFileSync(path);
      hash.update(`${relative}\0${content.length}\0`).update(content);
    }
  };
  visit(folder, "");
  return hash.digest("hex").slice(0, 16);
}
