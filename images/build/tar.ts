import { normalize } from "node:path";

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

const block = 512;
const longestName = 100;
const longestPrefix = 155;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A path as ustar keeps it: a long one is split at a slash into prefix and name. Throws when there is no such slash. */
function split(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= longestName) return { prefix: "", name: path };
  for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name !== "" && Buffer.byteLength(name) <= longestName && Buffer.byteLength(prefix) <= longestPrefix)
      return { prefix, name };
  }
  throw new Error(`path too long for an archive: ${path}`);
}

/** Header of the POSIX ustar format: owner root, time zero, so that only path, mode and content matter. */
function header(entry: TarEntry, content: Buffer | undefined): Buffer {
  const folder = !content && entry.target === undefined;
  const { prefix, name } = split(entry.path.replace(/^\//, "") + (folder ? "/" : ""));
  if (Buffer.byteLength(entry.target ?? "") > longestName)
    throw new Error(`target longer than ${longestName} bytes: ${entry.target}`);
  const bytes = Buffer.alloc(block);
  const put = (text: string, offset: number): void => void bytes.write(text, offset);
  put(name, 0);
  put(octal(entry.mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(content?.length ?? 0, 12), 124);
  put(octal(0, 12), 136);
  put("        ", 148);
  put(content ? "0" : folder ? "5" : "2", 156);
  put(entry.target ?? "", 157);
  put("ustar\x0000", 257);
  put(octal(0, 8), 329);
  put(octal(0, 8), 337);
  put(prefix, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
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
  for (const path of [...all.keys()].sort()) {
    const entry = all.get(path) as TarEntry;
    const content = entry.content?.();
    yield header(entry, content);
    if (content) yield Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
  }
  yield Buffer.alloc(2 * block);
}
