import { readFileSync } from "node:fs";
import { decodeText, isMislabelled } from "../policy/manifest/decode-text";
import { fileTrouble } from "./file-trouble";

/** What is wrong with bytes whose byte order mark is not theirs. */
export const mislabelled = "its byte order mark says UTF-8, and its bytes are not; save it as UTF-8";

/** A file's text by its byte order mark, or why it cannot be read. */
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
