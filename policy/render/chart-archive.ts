/** Files → the bytes of a .tgz, the same on every machine and with every version: owner, time and permissions are fixed, and nothing is compressed, since
 *  what a compressor writes differs between its versions and between processors. Formats: POSIX ustar, RFC 1951 (stored blocks), RFC 1952. Pure. */
import { crc32 } from "node:zlib";
import { RenderError } from "./render-error";

/** A file of an archive. */
export interface ArchivedFile {
  /** With "/", no folder before it. */
  readonly path: string;
  readonly content: Buffer;
}

const block = 512;
/** Most bytes of a stored block. */
const longest = 0xffff;

/** The archive of the files, in the order given. Throws a RenderError for a path that does not fit into it. */
export const archiveOf = (files: readonly ArchivedFile[]): Buffer => gzipped(tarOf(files));

function tarOf(files: readonly ArchivedFile[]): Buffer {
  const pieces = files.flatMap(({ path, content }) => {
    const rest = (block - (content.length % block)) % block;
    return [headerOf(path, content.length), content, Buffer.alloc(rest)];
  });
  return Buffer.concat([...pieces, Buffer.alloc(2 * block)]);
}

function headerOf(path: string, size: number): Buffer {
  const { prefix, name } = split(path);
  const header = Buffer.alloc(block);
  const fields: [number, string][] = [
    [0, name],
    [100, "0000644\0"],
    [108, "0000000\0"],
    [116, "0000000\0"],
    [124, `${size.toString(8).padStart(11, "0")}\0`],
    [136, "00000000000\0"],
    [148, "        "],
    [156, "0"],
    [257, "ustar\x0000"],
    [345, prefix],
  ];
  for (const [offset, text] of fields) header.write(text, offset);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A path in the two fields ustar has for it: 155 bytes of folders, 100 of the rest. */
function split(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  throw new RenderError({ kind: "chart", message: `chart refused: the path ${path} is too long for an archive` });
}

function gzipped(content: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let at = 0; at < content.length; at += longest) {
    const part = content.subarray(at, at + longest);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + longest >= content.length ? 1 : 0, 0);
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(longest - part.length, 3);
    pieces.push(head, part);
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(content), 0);
  end.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([...pieces, end]);
}
