/** Text of files other tools wrote: editors and shells of Windows mark it with a byte order mark, and PowerShell's `>` writes UTF-16. Pure. */
import { isUtf8 } from "node:buffer";

/** The text in bytes, by their byte order mark (UTF-8, UTF-16 little or big endian), which is no part of it; UTF-8 without one. What is no character becomes
 *  U+FFFD. The same as kubectl reads files (k8s.io/cli-runtime pkg/resource/visitor.go, FileVisitor: unicode.BOMOverride). */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first, second, third] = buffer;
  if (first === 0xef && second === 0xbb && third === 0xbf) return buffer.toString("utf8", 3);
  if (first === 0xff && second === 0xfe) return wide(buffer.subarray(2));
  if (first === 0xfe && second === 0xff) return wide(swapped(buffer.subarray(2)));
  return buffer.toString("utf8");
}

/** Whether the mark is that of UTF-8 and the bytes are not. kubectl does not replace these (unicode.BOMOverride), so that its YAML reader refuses them. */
export const isMislabelled = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && !isUtf8(bytes);

/** UTF-16, little endian. Half a character at the end is none. */
function wide(bytes: Buffer): string {
  const text = bytes.toString("utf16le").toWellFormed();
  return bytes.length % 2 === 0 ? text : `${text}\ufffd`;
}

/** A copy with the bytes of each pair the other way round; a last single one stays. */
function swapped(bytes: Buffer): Buffer {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16();
  return Buffer.concat([even, bytes.subarray(even.length)]);
}
