import { normalize } from "node:path";
import { ustar, ustarEnd } from "../../policy/render/ustar";

/** One entry of an archive; folders above it are added by themselves. Everything belongs to root, so that the image's user cannot change it. */
export interface TarEntry {
  /** Absolute path. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** Gives the bytes of a file, when it is its turn; a folder and a link have none. */
  readonly content?: () => Buffer;
  /** What a symbolic link points to. */
  readonly target?: string;
}

const longestTarget = 100;

/** An entry's pieces. Throws for a path or a target that does not fit. */
function pieces({ path, mode, content, target }: TarEntry): Buffer[] {
  if (Buffer.byteLength(target ?? "") > longestTarget)
    throw new Error(`target longer than ${longestTarget} bytes: ${target}`);
  const isFolder = content === undefined && target === undefined;
  const entry = ustar({ path: path.replace(/^\//, "") + (isFolder ? "/" : ""), mode, content: content?.(), target });
  if (entry === undefined) throw new Error(`path too long for an archive: ${path}`);
  return entry;
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

/** Packs the entries in the order of their paths, piece by piece: equal entries give equal bytes. */
export function* tar(entries: readonly TarEntry[]): Generator<Buffer> {
  const all = new Map<string, TarEntry>();
  for (const { path } of entries)
    for (const folder of foldersAbove(path)) all.set(folder, { path: folder, mode: 0o755 });
  for (const entry of entries) {
    if (normalize(entry.path) !== entry.path) throw new Error(`no plain path: ${entry.path}`);
    all.set(entry.path, entry);
  }
  for (const path of [...all.keys()].sort()) yield* pieces(all.get(path) as TarEntry);
  yield ustarEnd;
}
