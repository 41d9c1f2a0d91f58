import { readFileSync } from "node:fs";
import { decodeText, isMislabelled } from "../policy/manifest/decode-text";
import { fileTrouble } from "./file-trouble";

/** Error of bytes that do not match their byte order mark. */
export const mislabelled = "its byte order mark says UTF-8, and its bytes are not; save it as UTF-8";

/** A file's text, decoded by its byte order mark, or why it cannot be read. */
export function textOrReason(path: string): { readonly text: string } | { readonly reason: string } {
  try {
    const bytes = readFileSync(path);
    return isMislabelled(bytes) ? { reason: mislabelled } : { text: decodeText(bytes) };
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    return { reason };
  }
}
