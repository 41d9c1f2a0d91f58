/** Names and keys of the Secrets that a stack creates for floe, each with the credentials of one kind of pod. */

/** Roles of the database's server, each the owner of the database of its name. */
export const databaseRoles = ["dagster", "floe", "marquez", "polaris"] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

/** Names of the Secrets; those that a configuration does not need are absent. */
export interface FloeSecrets {
  /** Passwords of all roles, for the server of the StatefulSet. */
  readonly server?: string | undefined;
  readonly dagster: string;
  readonly warehouse: string;
  readonly lineage?: string | undefined;
  /** The administrator's key and the jobs' own, for the object store of the platform. */
  readonly objectStore?: string | undefined;
  /** The jobs' own key. */
  readonly jobsStore?: string | undefined;
  /** Polaris' key of an external object store. */
  readonly catalogStore?: string | undefined;
  readonly polaris?: string | undefined;
  /** User and password of each role, for the operator of a Cluster. */
  readonly roles?: Readonly<Partial<Record<DatabaseRole, string>>> | undefined;
}

/** Keys of a key pair of S3. */
const keyPair = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

/** Keys of the Secrets. */
export const secretKeys = {
  server: ["PASSWORD_dagster", "PASSWORD_floe", "PASSWORD_marquez"],
  dagster: ["DAGSTER_PG_PASSWORD"],
  warehouse: ["DBT_ENV_SECRET_PASSWORD"],
  lineage: ["POSTGRES_PASSWORD"],
  objectStore: [...keyPair, "OBJECT_STORE_USER_ACCESS_KEY_ID", "OBJECT_STORE_USER_SECRET_ACCESS_KEY"],
  jobsStore: keyPair,
  catalogStore: keyPair,
  polaris: ["POLARIS_BOOTSTRAP_CREDENTIALS", "POLARIS_TOKEN_KEY"],
  roles: ["username", "password"],
} as const satisfies Record<keyof FloeSecrets, readonly string[]>;
