import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheRoot } from "../../policy/own-folders";
import type { ToolGroup } from "./groups";

/** Folder all built tools live in, outside any checkout. */
export const cacheFolder = (): string => join(cacheRoot(), "toolchain");

/** Folder of a group's Go module in the checkout. */
export const moduleFolder = (group: ToolGroup): string => join(__dirname, "modules", group.name);

/** Digest of everything that a group's binaries are built from: module files, own sources, recipe, architecture. */
export function groupKey(group: ToolGroup): string {
  const hash = createHash("sha256").update(JSON.stringify({ group, arch: process.arch, recipe: 1 }));
  const folder = moduleFolder(group);
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (/^go\.(mod|sum)$|\.(go|s)$/.test(file)) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Folder of a finished group; it is created by one rename, so it is complete or absent. */
export const groupFolder = (group: ToolGroup): string => join(cacheFolder(), `${group.name}-${groupKey(group)}`);

/** Where a group whose tools are packed into images keeps the licences of what they are built from: `<module path>/<file>` each.
 *  @param folder the group's */
export const licenceFolder = (folder: string): string => join(folder, "licences");

/** Files of a finished group: its binaries and their data files, by their paths in its folder. */
export const filesOf = ({ binaries, data }: ToolGroup): string[] => [...Object.keys(binaries), ...(data?.files ?? [])];

const sealName = "seal.json";
type Seal = Record<string, { size: number; mtimeMs: number; sha256: string }>;

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Records size, time and digest of each file, to detect damaged entries. */
export async function seal(folder: string, files: readonly string[]): Promise<void> {
  const entries: Seal = {};
  for (const name of files) {
    const { size, mtimeMs } = statSync(join(folder, name));
    entries[name] = { size, mtimeMs, sha256: await sha256(join(folder, name)) };
  }
  writeFileSync(join(folder, sealName), JSON.stringify(entries, null, 2));
}

/** Whether the group's files exist and are intact. After a changed time the digest is compared; a changed digest makes the entry invalid. */
export async function isBuilt(group: ToolGroup): Promise<boolean> {
  const folder = groupFolder(group);
  if (!existsSync(join(folder, sealName))) return false;
  try {
    const entries = JSON.parse(readFileSync(join(folder, sealName), "utf8")) as Seal;
    for (const name of filesOf(group)) {
      const expected = entries[name];
      const { size, mtimeMs, mode } = statSync(join(folder, name));
      if (!expected || size !== expected.size) return false;
      if (name in group.binaries && (mode & 0o100) === 0) return false;
      if (mtimeMs !== expected.mtimeMs && (await sha256(join(folder, name))) !== expected.sha256) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Removes earlier versions of the same group, once the new one is built. */
export function dropOldEntries(group: ToolGroup): void {
  const keep = `${group.name}-${groupKey(group)}`;
  for (const entry of readdirSync(cacheFolder())) {
    const ofGroup = entry.startsWith(`${group.name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(group.name.length + 1));
    if (ofGroup && entry !== keep) rmSync(join(cacheFolder(), entry), { recursive: true, force: true });
  }
}
