import { printableText } from "../policy/printable-text";
import { diskTrouble } from "./file-trouble";

/** A mistake or a missing thing that a user can fix: shown as its message alone, never with a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** @param exitCode process exit code the command ends with; @default 1 */
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** What to print for any thrown value: a user's mistake, or a disk that is full or read-only, as its message, a bug with its stack. None moves the
 *  cursor of a terminal. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return printableText(error.message);
  const disk = diskTrouble(error);
  if (disk !== undefined) return printableText(disk);
  return printableText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
