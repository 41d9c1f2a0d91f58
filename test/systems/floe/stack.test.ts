import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { ReleaseInputs } from "../../../operations/stack/release-inputs";
import { type Collected, collect } from "../../../operations/validation/collect";
import { platformChartValues } from "../../../systems/floe/chart-values";
import { jobsChartValues } from "../../../systems/floe/jobs-chart-values";
import { readValuesFile } from "../../../systems/floe/values-file";
import { floeRoot, generatedFor } from "./stack";

const lock = JSON.parse(readFileSync(join(floeRoot, "images.json"), "utf8")) as Record<string, string>;
interface Image {
  readonly repository: string;
  readonly digest?: string;
}

describe("systems/floe: the stack", () => {
  let collected: Collected;
  before(async () => {
    collected = await collect("floe", floeRoot);
  });
  const release = (name: string) =>
    (
      collected.resources.find((one) => one.type === "kubernetes:helm.sh/v3:Release" && one.name === name) ??
      assert.fail(name)
    ).inputs as unknown as ReleaseInputs & { values: Record<string, Record<string, unknown>> };
  const dependencies = (name: string): string[] =>
    (collected.registrations.find(({ resource }) => resource === `hardened:components:HardenedRelease ${name}`)?.options
      .dependencies ?? []) as string[];

  for (const [chart, file] of [
    ["floe-platform", "values-dev.yaml"],
    ["floe-jobs", "jobs-dev.yaml"],
  ] as const)
    it(`[FL-75] [FL-122] its values of ${chart} are what the generator writes`, async () =>
      assert.deepEqual(
        readValuesFile(join(floeRoot, file)),
        load(await generatedFor(chart)),
        `bin/floe helm generate --artifact systems/floe/generator/sample/compiled_artifacts.json --env dev --chart ${chart} -o test/systems/floe/${file} && npm run format`,
      ));

  it("[FL-119] namespace, Secrets, platform, jobs: each waits for the one before", () => {
    const order = collected.resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    const at = (one: string): number =>
      order.includes(one) ? order.indexOf(one) : assert.fail(`${one}: ${order.join(", ")}`);
    const secrets = ["dagster", "warehouse", "lineage", "object-store", "jobs-store", "postgresql"].map(
      (one) => `Secret floe-credentials-${one}`,
    );
    for (const one of secrets) assert.ok(at("Namespace floe") < at(one) && at(one) < at("Release floe"), one);
    assert.ok(at("Release floe") < at("Release floe-jobs"));
    assert.deepEqual(
      dependencies("floe").filter((one) => one.includes("Secret")),
      secrets.map((one) => `kubernetes:core/v1:${one}`).sort(),
    );
    assert.deepEqual(dependencies("floe-jobs"), ["kubernetes:helm.sh/v3:Release floe"]);
  });

  it("[FL-119] the namespace is restricted, with a quota and limits", () => {
    const inputs = (type: string, name: string) =>
      (collected.resources.find((one) => one.type.endsWith(type) && one.name === name) ?? assert.fail(name))
        .inputs as unknown as { metadata: { name: string; labels: Record<string, string> }; spec: { hard?: object } };
    const { name, labels } = inputs(":Namespace", "floe").metadata;
    assert.deepEqual([name, labels["pod-security.kubernetes.io/enforce"]], ["floe-dev", "restricted"]);
    assert.deepEqual(inputs(":ResourceQuota", "floe-quota").spec.hard, {
      pods: "40",
      "requests.cpu": "8",
      "requests.memory": "12Gi",
      "services.loadbalancers": "0",
    });
    assert.ok(inputs(":LimitRange", "floe-limits"));
  });

  it("[FL-62] [FL-65] the server's Secret has the password of each role; every role's own Secret has the same one", () => {
    const keys = Object.fromEntries(
      collected.resources
        .filter(({ type }) => type.endsWith(":Secret"))
        .map(({ name, inputs }) => [name, Object.keys(inputs.stringData as object).sort()]),
    );
    assert.deepEqual(keys, {
      "floe-credentials-dagster": ["DAGSTER_PG_PASSWORD"],
      "floe-credentials-warehouse": ["DBT_ENV_SECRET_PASSWORD"],
      "floe-credentials-lineage": ["POSTGRES_PASSWORD"],
      "floe-credentials-jobs-store": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
      "floe-credentials-object-store": [
        ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        ...["OBJECT_STORE_USER_ACCESS_KEY_ID", "OBJECT_STORE_USER_SECRET_ACCESS_KEY"],
      ],
      "floe-credentials-postgresql": ["PASSWORD_dagster", "PASSWORD_floe", "PASSWORD_marquez"],
    });
    const server =
      collected.registrations.find(
        ({ resource }) => resource === "kubernetes:core/v1:Secret floe-credentials-postgresql",
      ) ?? assert.fail("no Secret of the server");
    assert.deepEqual(
      (server.options.dependencies as string[]).filter((one) => one.startsWith("random:")),
      ["dagster-dagster-pg", "lineage-postgres", "warehouse-dbt-env-secret"].map(
        (one) => `random:index/randomPassword:RandomPassword floe-credentials-${one}-password`,
      ),
    );
  });

  it("[FL-78] no value of a password is in the values of a release", () => {
    for (const name of ["floe", "floe-jobs"])
      assert.doesNotMatch(JSON.stringify(release(name).values), /\(generated\)|\(secret\)/);
    assert.match(JSON.stringify(collected.resources.filter(({ type }) => type.endsWith(":Secret"))), /\(generated\)/);
  });

  it("[FL-65] both releases are in one namespace, and dbt has the platform's database", () => {
    const [platform, jobs] = [release("floe"), release("floe-jobs")];
    assert.deepEqual([platform.namespace, jobs.namespace], ["floe-dev", "floe-dev"]);
    assert.equal(jobs.values.warehouse?.host, "floe-floe-platform-postgresql");
    assert.equal(jobs.values.warehouse?.existingSecret, "floe-credentials-warehouse-autonamed");
  });

  it("[FL-120] [FL-122] a later file beats an earlier, and what the stack says beats both", () => {
    const { resourcePreset, postgresql, dagster } = release("floe").values as unknown as {
      resourcePreset: string;
      postgresql: object;
      dagster: { dagsterWebserver: object; "dagster-user-deployments": { deployments: { name: string }[] } };
    };
    assert.equal(resourcePreset, "medium", "the second file over the first");
    const { storage, storageClassName } = postgresql as Record<string, string>;
    assert.deepEqual([storage, storageClassName], ["10Gi", "fast"], "the stack over the file");
    assert.equal((dagster.dagsterWebserver as { replicaCount: number }).replicaCount, 2);
    const servers = dagster["dagster-user-deployments"];
    assert.deepEqual(
      servers.deployments.map(({ name }) => name),
      ["orders"],
      "the file over the code server by default",
    );
  });

  it("[FL-122] images have the lock's digests, in code servers and jobs too, but for one with its own", () => {
    const { dagster, marquez } = release("floe").values as unknown as {
      marquez: { image: Image };
      dagster: Record<string, { image: Image }> & { "dagster-user-deployments": { deployments: { image: Image }[] } };
    };
    const { jobs, image } = release("floe-jobs").values as unknown as { jobs: { image: Image }[]; image: Image };
    const locked = [
      dagster.dagsterWebserver?.image,
      dagster.dagsterDaemon?.image,
      ...dagster["dagster-user-deployments"].deployments.map((one) => one.image),
      image,
      ...jobs.map((one) => one.image),
    ];
    assert.equal(locked.length, 7);
    for (const one of locked) assert.equal(one?.digest, lock[one?.repository ?? ""], one?.repository);
    assert.ok(marquez.image.digest);
    assert.notEqual(marquez.image.digest, lock[marquez.image.repository]);
  });

  it("every key of both releases is one its chart has", () => {
    const known = { floe: platformChartValues.shape, "floe-jobs": jobsChartValues.shape };
    for (const [name, shape] of Object.entries(known))
      for (const key of Object.keys(release(name).values)) assert.ok(Object.hasOwn(shape, key), `${name}: ${key}`);
  });

  it("its outputs say where it is and how to reach Dagster", () => {
    const { floe } = collected.outputs as { floe: { namespace: string; hints: Record<string, string> } };
    assert.equal(floe.namespace, "floe-dev");
    assert.match(floe.hints.dagster ?? "", /port-forward -n floe-dev svc\/floe-floe-platform-webserver 3000:80$/);
    assert.match(floe.hints.run ?? "", /--from=cronjob\/floe-jobs-<job> /);
  });
});
