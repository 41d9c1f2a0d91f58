import type { Deployment } from "../../cluster/stack-state";
import { UserError } from "../../process/user-error";

/**
 * Throws a UserError when the state of a stack has protected resources. Pulumi refuses one only when its turn comes, after everything that
 * depends on it is deleted: in a namespace the releases, their Secrets and its default-deny policies.
 */
export function refuseProtected(stack: string, { resources = [] }: Deployment): void {
  const found = resources.filter(({ protect }) => protect === true).map(({ urn }) => `  ${urn}`);
  if (found.length === 0) return;
  throw new UserError(
    [
      `stack ${stack} has protected resources; nothing was deleted:`,
      ...found,
      `To delete them with everything in them: eval "$(npm run -s env)"; pulumi state unprotect --all --yes --stack ${stack}`,
      "The next up protects them again.",
    ].join("\n"),
    2,
  );
}
