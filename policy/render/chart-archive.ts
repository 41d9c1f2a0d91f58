/** Files → the bytes of a .tgz, the same on every machine and with every version: owner, time and permissions are fixed, and nothing is compressed, since
 *  what a compressor writes differs between its versions and between processors. Formats: POSIX ustar, RFC 1951 (stored blocks), RFC 1952. Pure. */
import { crc32 } from "node:zlib";
import { RenderError } from "./render-error";
import { ustar, ustarEnd } from "./ustar";

/** A file of an archive. */
export interface ArchivedFile {
  /** With "/", no folder before it. */
  readonly path: string;
  readonly content: Buffer;
}

/** Most bytes of a stored block. */
const longest = 0xffff;

/** The archive of the files, in the order given. Throws a RenderError for a path that does not fit into it. */
export const archiveOf = (files: readonly ArchivedFile[]): Buffer => gzipped(tarOf(files));

const tarOf = (files: readonly ArchivedFile[]): Buffer => Buffer.concat([...files.flatMap(entryOf), ustarEnd]);

function entryOf({ path, content }: ArchivedFile): Buffer[] {
  const entry = ustar({ path, mode: 0o644, content });
  if (entry !== undefined) return entry;
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
