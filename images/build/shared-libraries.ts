import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The program that loads others, by processor: where programs look for it, and where packages may have put it. */
export function interpreter(): { readonly path: string; readonly folder: string; within(root: string): string } {
  const [path, folder] =
    process.arch === "arm64"
      ? ["/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"]
      : ["/lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"];
  const places = [`/usr/lib/${folder}`, `/lib/${folder}`, "/usr/lib64", "/lib64", "/lib"].map((place) =>
    join(place, path.replace(/^.*\//, "")),
  );
  return { path, folder, within: (root) => places.find((place) => existsSync(join(root, place))) ?? path };
}

/**
 * Paths, within an unpacked root folder, of every library that its programs load, in order, each by the name it is looked for with.
 * Asked of the folder's own loader, so nothing of this machine counts. Throws when a library is missing.
 */
export async function librariesOf(root: string, programs: readonly string[]): Promise<string[]> {
  const { folder, within } = interpreter();
  const libraryPath = [`/usr/lib/${folder}`, `/lib/${folder}`].map((place) => join(root, place)).join(":");
  const found = new Set<string>();
  for (const program of programs) {
    const args = ["--inhibit-cache", "--library-path", libraryPath, "--list", join(root, program)];
    const { stdout } = await run(join(root, within(root)), args);
    for (const [, name, place] of stdout.matchAll(/^\s*(\S+) => (.*?)(?: \(0x[0-9a-f]+\))?$/gm)) {
      if (!place?.startsWith(root)) throw new Error(`${program} needs ${name}, which no package brought (${place})`);
      found.add(normalize(place.slice(root.length))); // a wheel names its own libraries by way of its folder
    }
  }
  return [...found].sort();
}
