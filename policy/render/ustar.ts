/** Entries of a POSIX ustar archive, whose bytes depend on path, mode and content alone: owner root, time zero. Pure. */

const block = 512;
const longestName = 100;
const longestPrefix = 155;

/** One entry: a file with its content, a symbolic link with its target, else a folder, whose path ends with "/". */
export interface UstarEntry {
  /** Without a "/" before it. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content?: Buffer | undefined;
  /** At most 100 bytes. */
  readonly target?: string | undefined;
}

/** What stands after the last entry. */
export const ustarEnd: Buffer = Buffer.alloc(2 * block);

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** Header and content of an entry; nothing when its path does not fit: 155 bytes of folders, a slash, 100 of the rest. */
export function ustar({ path, mode, content, target }: UstarEntry): Buffer[] | undefined {
  const parts = split(path);
  if (parts === undefined) return undefined;
  const size = content?.length ?? 0;
  const header = Buffer.alloc(block);
  const fields: [number, string][] = [
    [0, parts.name],
    [100, octal(mode, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(size, 12)],
    [136, octal(0, 12)],
    [148, "        "],
    [156, content ? "0" : target === undefined ? "5" : "2"],
    [157, target ?? ""],
    [257, "ustar\x0000"],
    [329, octal(0, 8)],
    [337, octal(0, 8)],
    [345, parts.prefix],
  ];
  for (const [offset, text] of fields) header.write(text, offset);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return content ? [header, content, Buffer.alloc((block - (size % block)) % block)] : [header];
}

/** A path in the two fields ustar has for it. */
function split(path: string): { readonly prefix: string; readonly name: string } | undefined {
  if (Buffer.byteLength(path) <= longestName) return { prefix: "", name: path };
  for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name !== "" && Buffer.byteLength(name) <= longestName && Buffer.byteLength(prefix) <= longestPrefix)
      return { prefix, name };
  }
  return undefined;
}
