import { z } from "zod";
import type { NeededCredential } from "../../config/credential-mistakes";
import { isPlaceholder } from "../credentials";
import type { ResolvedFloe } from "./config";

/** Credentials of external servers: `hardened:floeCredentials` in a stack's file. */

const credential = (key: string, what: string) => {
  const set = `pulumi config set --secret --path floeCredentials.${key}`;
  return z
    .string(`expected ${what}; ${set}`)
    .regex(/\S/, { error: `expected ${what}, not an empty text; ${set}`, abort: true })
    .refine((value) => !isPlaceholder(value), `still a placeholder; put the real value: ${set}`)
    .optional()
    .describe(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`);
};

/** `hardened:floeCredentials`, a secret object: the keys that mode `external` requires. */
export const floeCredentials = z
  .strictObject({
    dagster_password: credential("dagster_password", "the password of Dagster's role"),
    warehouse_password: credential("warehouse_password", "the password of dbt's role"),
    lineage_password: credential("lineage_password", "the password of the lineage server's role"),
    catalog_password: credential("catalog_password", "the password of Polaris' role"),
    jobs_access_key_id: credential("jobs_access_key_id", "the access key of dbt's user of the object store"),
    jobs_secret_access_key: credential("jobs_secret_access_key", "the secret of that access key"),
    catalog_access_key_id: credential("catalog_access_key_id", "the access key of Polaris' user of the object store"),
    catalog_secret_access_key: credential("catalog_secret_access_key", "the secret of that access key"),
  })
  .describe(
    "Credentials of an external database and object store, each encrypted. Each is required if its part is external.",
  );
export type FloeCredentialKey = keyof z.output<typeof floeCredentials>;

/** Keys that a configuration requires: every kind of pod has its own. */
export function neededCredentials(config: ResolvedFloe): NeededCredential[] {
  const { postgresql, objectStorage, polaris, lineage } = config;
  const asked = (by: string, ...keys: FloeCredentialKey[]): NeededCredential[] => keys.map((key) => ({ key, by }));
  const isInDatabase = polaris.enabled && polaris.persistence === "database";
  return [
    ...(postgresql.mode === "external"
      ? [
          ...asked("postgresql.mode (external)", "dagster_password", "warehouse_password"),
          ...(lineage ? asked("lineage (with an external database)", "lineage_password") : []),
          ...(isInDatabase ? asked("polaris (with an external database)", "catalog_password") : []),
        ]
      : []),
    ...(objectStorage.mode === "external"
      ? [
          ...asked("objectStorage.mode (external)", "jobs_access_key_id", "jobs_secret_access_key"),
          ...(polaris.enabled
            ? asked("polaris (with an external object store)", "catalog_access_key_id", "catalog_secret_access_key")
            : []),
        ]
      : []),
  ];
}
