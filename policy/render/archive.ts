/** Reads the files of a packed chart (tar, gzip), as far as they are text: to look into, never to lay out on disk. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { RenderError } from "./render-error";

/** Most bytes a packed chart may hold; the bound of an unpacked one. */
const largest = 100 * 1024 * 1024;

/** A file in an archive. */
interface ArchiveFile {
  readonly file: string;
  readonly text: string;
}

/** The plain files of the archive at the absolute `path`. Throws a RenderError when it is none, or holds more than 100 MiB.
 *  Format: POSIX ustar, the one `helm package` writes (pax headers only lengthen names, which matter to nobody here). */
export function archiveFiles(path: string): ArchiveFile[] {
  let bytes: Buffer;
  try {
    bytes = gunzipSync(readFileSync(path), { maxOutputLength: largest });
  } catch {
    throw new RenderError({ kind: "chart", message: `chart refused: ${path} is no archive of at most 100 MiB` });
  }
  const files: ArchiveFile[] = [];
  const textAt = (from: number, length: number): string =>
    bytes.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name = textAt(at, 100);
    if (name === "") break;
    const size = Number.parseInt(textAt(at + 124, 12), 8) || 0;
    const prefix = textAt(at + 345, 155);
    const type = textAt(at + 156, 1);
    if (type === "0" || type === "") {
      files.push({
        file: prefix === "" ? name : `${prefix}/${name}`,
        text: bytes.toString("utf8", at + 512, at + 512 + size),
      });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
