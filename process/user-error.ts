import { printableText } from "../policy/printable-text";
import { diskTrouble } from "./file-trouble";

/** An error that the user can fix: shown as its message alone, never with a stack trace. */
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

/** Text to print for any thrown value: the message of a UserError or of a full or read-only disk, a bug with its stack. Control characters are escaped. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return printableText(error.message);
  const disk = diskTrouble(error);
  if (disk !== undefined) return printableText(disk);
  return printableText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
