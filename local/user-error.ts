import { printableText } from "../policy/printable-text";

/** A mistake or a missing thing that a person can mend: shown as its message alone, never with a stack trace. */
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

/** What to print for any thrown value: a user's mistake as its message, a bug with its stack. Neither moves the cursor of a terminal. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return printableText(error.message);
  return printableText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
