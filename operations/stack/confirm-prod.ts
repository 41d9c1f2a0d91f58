import type { StackConfig } from "../../config/stack-schema";
import { UserError } from "../../process/user-error";

/** Throws a UserError for prod unless the user confirms with the stack's name. */
export function confirmProd(
  { environment, stack }: Pick<StackConfig, "environment" | "stack">,
  confirmed: string | undefined,
): void {
  if (environment !== "prod" || confirmed === stack) return;
  const got = confirmed === undefined ? "" : `, got --confirm ${confirmed}`;
  throw new UserError(`stack ${stack} is prod: say so with --confirm ${stack}${got}`, 2);
}
