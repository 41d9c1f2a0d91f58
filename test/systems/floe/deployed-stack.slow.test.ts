import { strict as assert } from "node:assert";
import { sealedValue } from "../../../config/sealed-value";
import type { ReleaseInputs } from "../../../operations/stack/release-inputs";
import { messageOf } from "../../../policy/message";
import { mergeAll } from "../../../systems/floe/generator/merge";
import { withOperator } from "../../charts/support/floe";
import { render } from "../../charts/support/helm";
import { type DeployedStack, deployed, type StackGiven } from "./deployed-stack";

const store = {
  mode: "external",
  external: { endpoint: "https://s3.eu-central-1.amazonaws.com", region: "eu-central-1", bucket: "floe-data" },
};
const server = { mode: "external", external: { host: "postgresql.data.internal", cidrs: ["10.20.0.0/24"] } };
const jobsKey = ["jobs_access_key_id", "jobs_secret_access_key"];
const catalogKey = ["catalog_access_key_id", "catalog_secret_access_key"];
const cluster = { postgresql: { mode: "cnpg" }, objectStorage: store, polaris: { enabled: true } };
const passwords = ["dagster_password", "warehouse_password", "lineage_password"];

/** The five environments, each as it may be deployed, and production with a database elsewhere too. `database`: what keeps the data. */
const stacks: readonly (StackGiven & { readonly secrets: readonly string[]; readonly pods: number })[] = [
  ...["dev", "qa"].map((environment) => ({
    ...{ environment, profile: "dev" as const, floe: {}, pods: 13 },
    secrets: ["dagster", "jobs-store", "lineage", "object-store", "postgresql", "warehouse"],
  })),
  {
    ...{ environment: "uat", profile: "staging", floe: cluster, credentials: [...jobsKey, ...catalogKey], pods: 13 },
    secrets: [
      ...["catalog-store", "dagster", "jobs-store", "lineage", "polaris", "postgresql"],
      ...["role-dagster", "role-floe", "role-marquez", "role-polaris", "warehouse"],
    ],
  },
  {
    ...{ environment: "staging", profile: "staging", pods: 11 },
    ...{ floe: { postgresql: server, objectStorage: store }, credentials: [...passwords, ...jobsKey] },
    secrets: ["dagster", "jobs-store", "lineage", "warehouse"],
  },
  {
    ...{ environment: "prod", profile: "prod", floe: cluster, credentials: [...jobsKey, ...catalogKey], pods: 12 },
    secrets: [
      ...["catalog-store", "dagster", "jobs-store", "lineage", "polaris"],
      ...["role-dagster", "role-floe", "role-marquez", "role-polaris", "warehouse"],
    ],
  },
  {
    ...{ environment: "prod", profile: "prod", pods: 11 },
    ...{ floe: { postgresql: server, objectStorage: store }, credentials: [...passwords, ...jobsKey] },
    secrets: ["dagster", "jobs-store", "lineage", "warehouse"],
  },
];

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const valuesOf = ({ collected }: DeployedStack, release: string): Values =>
  (
    (
      collected.resources.find(({ type, name }) => type.endsWith(":Release") && name === release) ??
      assert.fail(release)
    ).inputs as unknown as ReleaseInputs
  ).values as unknown as Values;
/** The platform with the quota of its namespace as the chart's own: it refuses one that its pods do not fit into. */
const withQuota = (one: DeployedStack, more: object = {}) => {
  const { inputs } =
    one.collected.resources.find(({ type, name }) => type.endsWith(":ResourceQuota") && name === "floe-quota") ??
    assert.fail("no quota");
  const { hard } = (inputs as unknown as { spec: { hard: object } }).spec;
  const resourceQuota = { enabled: true, hard: { ...hard, ...more } };
  const values = mergeAll([valuesOf(one, "floe") as never, { resourceQuota } as never]);
  return render({ chart: "floe-platform", release: "floe", namespace: "floe", values, args: withOperator });
};
/** Whether Pulumi refuses to delete the namespace. */
const protectOf = ({ collected }: DeployedStack): unknown =>
  (
    collected.registrations.find(({ resource }) => resource === "kubernetes:core/v1:Namespace floe") ??
    assert.fail("no namespace")
  ).options.protect;
const secretsOf = ({ collected }: DeployedStack): Record<string, Record<string, string>> =>
  Object.fromEntries(
    collected.resources
      .filter(({ type }) => type.endsWith(":Secret"))
      .map(({ name, inputs }) => [name.replace("floe-credentials-", ""), inputs.stringData as Record<string, string>]),
  );

describe("systems/floe: in all five environments", function () {
  this.timeout(120_000);

  for (const { secrets, pods, ...given } of stacks) {
    const mode = (given.floe as { postgresql?: { mode: string } }).postgresql?.mode ?? "statefulset";
    it(`[FL-08] [FL-87] [FL-119] [FL-120] [FL-121] ${given.environment} with ${mode}: the stack resolves, makes its Secrets, and the pack lets it pass`, async () => {
      const one = await deployed(given);
      assert.deepEqual(one.findings.map(messageOf), []);
      assert.deepEqual(one.exempted, ["rbac-workload-creation"]);
      assert.equal(one.pods, pods);
      assert.equal(
        protectOf(one) === true,
        given.profile === "prod",
        "production's namespace is not deleted by accident",
      );
      assert.deepEqual(Object.keys(secretsOf(one)).sort(), secrets);
      assert.equal(valuesOf(one, "floe").postgresql?.mode, mode);
      // every Secret that a value names is made, and no value holds one
      const text = JSON.stringify([valuesOf(one, "floe"), valuesOf(one, "floe-jobs")]);
      assert.doesNotMatch(text, /\(encrypted\)|\(generated\)|\(secret\)/);
      const named = [...text.matchAll(/"(floe-credentials-[^"]*)-autonamed"/g)].map(([, name = ""]) => name);
      assert.deepEqual(
        [...new Set(named)].sort(),
        secrets.map((name) => `floe-credentials-${name}`),
      );
    });
  }

  it("[FL-55] [FL-119] development and production fit into the quotas of their namespaces; one that is too small is refused with both figures", async () => {
    const one = await deployed(stacks[4] as StackGiven);
    for (const fits of [one, await deployed(stacks[0] as StackGiven)]) assert.ok((await withQuota(fits)).length > 10);
    await assert.rejects(withQuota(one, { "requests.memory": "12Gi" }), /requests\.memory.*12Gi/);
  });

  it("[FL-121] what a stack says wrong of a subordinate chart is found: the right to make Jobs, unless it is granted", async () => {
    const { findings } = await deployed({ environment: "dev", profile: "dev", floe: {}, exemptions: [] });
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ["rbac-workload-creation"],
    );
  });

  it("[FL-23] [FL-62] passwords of servers elsewhere come from the stack's secrets, all others are made at random", async () => {
    const elsewhere = secretsOf(await deployed(stacks[3] as StackGiven));
    for (const [name, values] of Object.entries(elsewhere))
      for (const [key, value] of Object.entries(values)) assert.equal(value, sealedValue, `${name} ${key}`);
    const {
      polaris = {},
      "role-polaris": role = {},
      "catalog-store": catalog = {},
      ...more
    } = secretsOf(await deployed(stacks[4] as StackGiven));
    assert.deepEqual(polaris, {
      POLARIS_BOOTSTRAP_CREDENTIALS: "POLARIS,root,(generated)",
      POLARIS_TOKEN_KEY: "(generated)",
      QUARKUS_DATASOURCE_PASSWORD: "(generated)",
    });
    assert.deepEqual(role, { username: "polaris", password: "(generated)" });
    assert.deepEqual(catalog, { AWS_ACCESS_KEY_ID: sealedValue, AWS_SECRET_ACCESS_KEY: sealedValue });
    assert.deepEqual(more["role-dagster"], { username: "dagster", password: more.dagster?.DAGSTER_PG_PASSWORD });
  });
});
