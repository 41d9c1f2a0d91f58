/** One entry of an archive; folders above it are added by themselves. Everything belongs to root, so that the image's user cannot change it. */
export interface TarEntry {
  /** Absolute path. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** Bytes of a file; a folder and a link have none. */
  readonly content?: Buffer;
  /** What a symbolic link points to. */
  readonly target?: string;
}

const block = 512;
const longestName = 100;
const longestPrefix = 155;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A path as the header takes it: all in its name when it fits, else cut at the first folder that leaves a name short enough. */
function cut(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= longestName) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at !== -1 && at < path.length - 1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= longestPrefix && Buffer.byteLength(name) <= longestName) return { prefix, name };
  }
  throw new Error(`path longer than ${longestName} bytes after any folder of at most ${longestPrefix}: ${path}`);
}

/** Header of the POSIX ustar format: owner root, time zero, so that only path, mode and content matter. */
function header(entry: TarEntry): Buffer {
  const folder = !entry.content && entry.target === undefined;
  const { prefix, name } = cut(entry.path.replace(/^\//, "") + (folder ? "/" : ""));
  if (Buffer.byteLength(entry.target ?? "") > longestName)
    throw new Error(`link to a path longer than ${longestName} bytes: ${entry.target}`);
  const bytes = Buffer.alloc(block);
  const put = (text: string, offset: number): void => void bytes.write(text, offset);
  put(name, 0);
  put(octal(entry.mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(entry.content?.length ?? 0, 12), 124);
  put(octal(0, 12), 136);
  put("        ", 148);
  put(entry.content ? "0" : folder ? "5" : "2", 156);
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

/** Packs the entries in the order of their paths: equal entries give equal bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const all = new Map<string, TarEntry>();
  for (const { path } of entries)
    for (const folder of foldersAbove(path)) all.set(folder, { path: folder, mode: 0o755 });
  for (const entry of entries) all.set(entry.path, entry);
  const pieces = [...all.keys()].sort().flatMap((path) => {
    const entry = all.get(path) as TarEntry;
    const size = entry.content?.length ?? 0;
    return [header(entry), entry.content ?? Buffer.alloc(0), Buffer.alloc((block - (size % block)) % block)];
  });
  return Buffer.concat([...pieces, Buffer.alloc(2 * block)]);
}
