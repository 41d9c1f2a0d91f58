import { readFileSync, writeFileSync } from "node:fs";
import { fileTrouble } from "../../local/file-trouble";
import { UserError } from "../../local/user-error";
import { decodeText, isMislabelled } from "../../policy/manifest/decode-text";

const mislabelled = "its byte order mark says UTF-8, and its bytes are not; save it as UTF-8";

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

/** Writes a file. Throws a UserError, exit code 2, that says why it cannot be written. */
export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    const fix =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "its folder does not exist; make it first" : reason;
    throw new UserError(`${path} cannot be written: ${fix}`, 2);
  }
}

/** All of standard input. Throws a UserError, exit code 2, when its byte order mark is wrong. Never blocks the process, so that Ctrl-C ends it while whoever writes is slow. */
export async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (isMislabelled(bytes)) throw new UserError(`standard input cannot be read: ${mislabelled}`, 2);
  return decodeText(bytes);
}
