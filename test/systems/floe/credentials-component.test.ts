import { strict as assert } from "node:assert";
import { RestrictedNamespace } from "../../../components/restricted-namespace";
import { floeConfig } from "../../../systems/floe/config";
import { FloeCredentials } from "../../../systems/floe/credentials-component";
import { resolveFloe } from "../../../systems/floe/resolve";
import type { FloeSecrets } from "../../../systems/floe/secrets";
import { registered, resolved, secretContents } from "../../support/doubles/registered-resources";
import { database, least, store } from "./external";

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The Secrets of a configuration by their names without the stem, with what is in them, and the names that the chart gets. */
async function made(
  given: object,
  credentials: Readonly<Record<string, string>> = {},
  profile: "dev" | "prod" = "dev",
) {
  const { secrets, seen } = secretContents();
  const { value: config } = resolveFloe(floeConfig.parse({ ...least, ...given }), profile);
  let names: FloeSecrets | undefined;
  const make = async (): Promise<void> => {
    const namespace = new RestrictedNamespace("floe", { name: "floe", system: "floe", podSecurityVersion: "latest" });
    names = await resolved(new FloeCredentials("floe", { config, namespace, given: credentials }, {}).names);
  };
  await registered(make, true, seen);
  const short = Object.entries(secrets).map(([name, content]) => [name.replace("floe-", ""), content]);
  return { secrets: Object.fromEntries(short) as Secrets, names: names ?? assert.fail("no names") };
}
const none = { objectStorage: { mode: "none" } };
const given = {
  dagster_password: "a",
  warehouse_password: "b",
  lineage_password: "c",
  catalog_password: "d",
  jobs_access_key_id: "e",
  jobs_secret_access_key: "f",
};

describe("systems/floe: Secrets of the platform", () => {
  it("[FL-120] servers elsewhere: each kind of pod has the credentials that were given for it, and nothing is made for a server", async () => {
    const { secrets } = await made(
      { ...database(), ...store(), polaris: { enabled: true } },
      {
        ...given,
        catalog_access_key_id: "g",
        catalog_secret_access_key: "h",
      },
    );
    assert.deepEqual(secrets, {
      dagster: { DAGSTER_PG_PASSWORD: "a" },
      warehouse: { DBT_ENV_SECRET_PASSWORD: "b" },
      lineage: { POSTGRES_PASSWORD: "c" },
      polaris: {
        POLARIS_BOOTSTRAP_CREDENTIALS: "POLARIS,root,(random of floe-polaris-root)",
        POLARIS_TOKEN_KEY: "(random of floe-polaris-polaris-token-key)",
        QUARKUS_DATASOURCE_PASSWORD: "d",
      },
      "jobs-store": { AWS_ACCESS_KEY_ID: "e", AWS_SECRET_ACCESS_KEY: "f" },
      "catalog-store": { AWS_ACCESS_KEY_ID: "g", AWS_SECRET_ACCESS_KEY: "h" },
    });
  });

  it("the lineage server's password is left out only where the database is elsewhere, and the catalog's key without a catalog", async () => {
    const elsewhere = await made({ ...database(), ...store(), lineage: false }, given);
    assert.deepEqual(Object.keys(elsewhere.secrets), ["dagster", "warehouse", "jobs-store"]);
    assert.deepEqual([elsewhere.names.lineage, elsewhere.names.catalogStore], [undefined, undefined]);
    const { secrets, names } = await made({ ...none, lineage: false });
    assert.deepEqual([names.lineage, Object.keys(secrets.lineage ?? {})], ["floe-lineage", ["POSTGRES_PASSWORD"]]);
    assert.ok((await made({ ...database(), ...none }, given)).secrets.lineage);
  });

  it("a catalog that is kept in memory has no password of the database", async () => {
    for (const [persistence, isIn] of [
      ["in-memory", false],
      ["database", true],
    ] as const) {
      const { secrets } = await made({ ...none, polaris: { enabled: true, persistence } });
      const [catalog, server] = [secrets.polaris ?? {}, secrets.postgresql ?? {}];
      assert.deepEqual(["QUARKUS_DATASOURCE_PASSWORD" in catalog, "PASSWORD_polaris" in server], [isIn, isIn]);
      assert.equal(catalog.QUARKUS_DATASOURCE_PASSWORD, server.PASSWORD_polaris);
    }
  });

  it("the server's own passwords are made where a StatefulSet may run, which production has no other for than an operator", async () => {
    const cnpg = { ...none, postgresql: { mode: "cnpg" } };
    for (const [config, profile, has] of [
      [none, "dev", true],
      [cnpg, "dev", true],
      [cnpg, "prod", false],
    ] as const) {
      const { secrets, names } = await made(config, {}, profile);
      assert.deepEqual([names.server !== undefined, secrets.postgresql !== undefined], [has, has]);
    }
    const { secrets, names } = await made(cnpg);
    assert.deepEqual(Object.keys(names.roles ?? {}), ["dagster", "floe", "marquez"]);
    assert.deepEqual(secrets["role-floe"], { username: "floe", password: secrets.warehouse?.DBT_ENV_SECRET_PASSWORD });
  });
});
