import { UserError } from "../../process/user-error";

/** Default name of the local cluster. */
export const defaultName = "hardened";

/**
 * Name of the local cluster in use: the one given, else `$HARDENED_CLUSTER`, which picks another that runs beside it. Unset or
 * empty, it is the default. Throws a UserError for a name that cannot be one: folders, contexts and cgroups are named after it.
 */
export function clusterName(given = process.env.HARDENED_CLUSTER || defaultName): string {
  if (!/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(given)) {
    throw new UserError(
      `cluster name must be 1 to 16 of a-z, 0-9 and -, starting with a letter and not ending with -, got "${given}"`,
    );
  }
  return given;
}
