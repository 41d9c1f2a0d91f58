import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import type { RestrictedNamespace } from "../../components/restricted-namespace";
import type { ResolvedFloe } from "./config";
import type { FloeCredentialKey } from "./credentials";
import { type DatabaseRole, type FloeSecrets, secretKeys } from "./secrets";

export interface FloeCredentialsArgs {
  readonly config: ResolvedFloe;
  readonly namespace: RestrictedNamespace;
  /** `hardened:floeCredentials`, for external servers. */
  readonly given: Readonly<Record<string, string>> | undefined;
}

/** A Secret whose values other Secrets share. */
type Values = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * Passwords and keys: generated once for the platform's own servers, taken from the stack's configuration for external ones. Each kind of pod gets a Secret
 * with only its own.
 */
export class FloeCredentials extends pulumi.ComponentResource {
  readonly names: pulumi.Output<FloeSecrets>;
  readonly ready: readonly pulumi.Resource[];
  private readonly made: AppSecret[] = [];

  constructor(
    private readonly stem: string,
    private readonly args: FloeCredentialsArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("hardened:systems:FloeCredentials", stem, {}, opts);
    this.names = pulumi.output({ ...this.database(), ...this.objectStore() });
    this.ready = this.made.map(({ ready }) => ready);
    this.registerOutputs({});
  }

  private secret(suffix: string, keys: readonly string[], source: SecretSource): AppSecret {
    const { namespace } = this.args;
    const one = new AppSecret(`${this.stem}-${suffix}`, { namespace, system: "floe", keys, source }, { parent: this });
    this.made.push(one);
    return one;
  }

  /** Keys of the stack's configuration as a source, by the keys of a Secret. */
  private given(keys: Readonly<Record<string, FloeCredentialKey>>): SecretSource {
    const { given } = this.args;
    const values = Object.entries(keys).flatMap(([key, from]) => {
      const value = given?.[from];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { from: "config", values: Object.fromEntries(values) };
  }

  /** The roles' passwords, and the server's Secret with them. */
  private database() {
    const { postgresql, lineage, polaris } = this.args.config;
    const isExternal = postgresql.mode === "external";
    const one = (suffix: "dagster" | "warehouse" | "lineage", from: FloeCredentialKey): AppSecret => {
      const keys = secretKeys[suffix];
      return this.secret(suffix, keys, isExternal ? this.given({ [keys[0]]: from }) : { from: "generated" });
    };
    const dagster = one("dagster", "dagster_password");
    const warehouse = one("warehouse", "warehouse_password");
    const marquez = lineage || !isExternal ? one("lineage", "lineage_password") : undefined;
    const catalog = polaris.enabled ? this.polaris() : undefined;
    const passwords: Partial<Record<DatabaseRole, pulumi.Output<string>>> = {
      dagster: value(dagster.values, secretKeys.dagster[0]),
      floe: value(warehouse.values, secretKeys.warehouse[0]),
      ...(marquez && { marquez: value(marquez.values, secretKeys.lineage[0]) }),
      ...(catalog?.values[datasourceKey] && { polaris: value(catalog.values, datasourceKey) }),
    };
    return {
      dagster: dagster.secretName,
      warehouse: warehouse.secretName,
      lineage: marquez?.secretName,
      polaris: catalog?.secretName,
      server: this.server(passwords)?.secretName,
      roles: this.roles(passwords),
    };
  }

  /** Polaris' root credentials, the key all its replicas sign tokens with, and where it keeps its catalog there the password of its role. */
  private polaris(): AppSecret {
    const isInDatabase = this.args.config.polaris.persistence === "database";
    // Set only for a catalog in an external database: a stack's file with it for another is refused.
    const password = this.args.given?.catalog_password;
    const root = new random.RandomPassword(
      `${this.stem}-polaris-root`,
      { length: 32, special: false },
      { parent: this },
    );
    return this.secret("polaris", [...secretKeys.polaris, ...(isInDatabase ? [datasourceKey] : [])], {
      from: "generated",
      beside: {
        POLARIS_BOOTSTRAP_CREDENTIALS: pulumi.interpolate`POLARIS,root,${root.result}`,
        ...(password !== undefined && { [datasourceKey]: password }),
      },
    });
  }

  /** All passwords, for the server of the StatefulSet; a Cluster is one where its operator is not there, but in production. */
  private server(passwords: Values): AppSecret | undefined {
    const { postgresql, production } = this.args.config;
    if (postgresql.mode === "external" || (postgresql.mode === "cnpg" && production)) return undefined;
    const values = Object.fromEntries(Object.entries(passwords).map(([role, one]) => [`PASSWORD_${role}`, one]));
    return this.secret("postgresql", Object.keys(values), { from: "config", values });
  }

  /** User and password of each role, for the operator of a Cluster. */
  private roles(passwords: Values): Partial<Record<DatabaseRole, pulumi.Output<string>>> | undefined {
    if (this.args.config.postgresql.mode !== "cnpg") return undefined;
    return Object.fromEntries(
      Object.entries(passwords).map(([role, password]) => {
        const values = { username: role, password };
        return [role, this.secret(`role-${role}`, secretKeys.roles, { from: "config", values }).secretName];
      }),
    );
  }

  /** The jobs' own key; for a store of the platform its administrator's too, for an external one Polaris'. */
  private objectStore() {
    const { objectStorage, polaris } = this.args.config;
    if (objectStorage.mode === "none") return {};
    const [id, secret] = secretKeys.jobsStore;
    if (objectStorage.mode === "external") {
      const jobs = this.given({ [id]: "jobs_access_key_id", [secret]: "jobs_secret_access_key" });
      const catalog = this.given({ [id]: "catalog_access_key_id", [secret]: "catalog_secret_access_key" });
      const catalogStore = polaris.enabled ? this.secret("catalog-store", secretKeys.catalogStore, catalog) : undefined;
      return {
        jobsStore: this.secret("jobs-store", secretKeys.jobsStore, jobs).secretName,
        catalogStore: catalogStore?.secretName,
      };
    }
    const jobs = this.secret("jobs-store", secretKeys.jobsStore, { from: "generated" });
    const beside = {
      OBJECT_STORE_USER_ACCESS_KEY_ID: value(jobs.values, id),
      OBJECT_STORE_USER_SECRET_ACCESS_KEY: value(jobs.values, secret),
    };
    const administrator = this.secret("object-store", secretKeys.objectStore, { from: "generated", beside });
    return { jobsStore: jobs.secretName, objectStore: administrator.secretName };
  }
}

const value = (values: Values, key: string): pulumi.Output<string> => values[key] as pulumi.Output<string>;

const datasourceKey = "QUARKUS_DATASOURCE_PASSWORD";
