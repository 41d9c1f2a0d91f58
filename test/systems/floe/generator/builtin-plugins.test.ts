import assert from "node:assert/strict";
import { defaultMapping, environmentsOf, resourcePresets } from "../../../../systems/floe/environments";
import { readArtifacts } from "../../../../systems/floe/generator/artifacts";
import { builtinPlugins } from "../../../../systems/floe/generator/builtin-plugins";
import type { ChartName } from "../../../../systems/floe/generator/chart-keys";
import { generate } from "../../../../systems/floe/generator/generate";
import { textOf } from "../../../support/tree";

const sample = textOf("systems/floe/generator/sample/compiled_artifacts.json");
type Tree = Record<string, Record<string, Record<string, unknown>>>;

function made(name: ChartName, change: (tree: Tree) => void = () => undefined, env = "dev") {
  const tree = JSON.parse(sample);
  change(tree);
  const read = readArtifacts(JSON.stringify(tree));
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  const found = environmentsOf({
    ...defaultMapping,
    own: { environments: [{ name: "own", profile: "dev", preset: "custom" }] },
  });
  const environment = "environments" in found ? found.environments[env] : undefined;
  if (environment === undefined) throw new Error(env);
  const chart = { name, defaults: {}, overlay: {}, validate: () => [] };
  return generate({
    artifacts: read.artifacts,
    environment,
    plugins: builtinPlugins(),
    chart,
    user: [],
    allowConflicts: [],
  });
}
function values(...args: Parameters<typeof made>): Record<string, unknown> {
  const result = made(...args);
  if ("mistakes" in result) throw new Error(result.mistakes.join("\n"));
  return result.values;
}
/** The sample's image as a chart wants it. */
const image = {
  repository: "registry.example.com/floe/orders",
  tag: "1.4.0",
  digest: "",
  pullPolicy: "IfNotPresent",
  runAsUser: 10_001,
  runAsGroup: 10_001,
};
/** An artifact as the generator writes it, with these of its jobs. */
function written(jobs: (all: readonly object[]) => readonly object[], tree: object = JSON.parse(sample)): unknown {
  const read = readArtifacts(JSON.stringify(tree));
  assert.ok("artifacts" in read);
  const { $schema: _, ...rest } = read.artifacts;
  return JSON.parse(JSON.stringify({ ...rest, jobs: jobs(rest.jobs) }));
}
const config = (tree: Tree, type: string, settings: object): void =>
  void Object.assign(tree.plugins?.[type] as object, { config: settings });

describe("floe: the plugins that come with it", () => {
  it("[FL-18] [FL-29] [FL-47] write the keys of their own component of the platform and no other", () => {
    const { artifacts: _, ...platform } = values("floe-platform", (tree) => {
      config(tree, "observability", { replicas: 2, autoscaling: { enabled: true, min: 2, max: 4 } });
      config(tree, "catalog", {
        warehouse: { endpoint: "https://s3.example.com", bucket: "lake", secretRef: "lake-access" },
      });
    });
    const { small } = resourcePresets;
    assert.deepEqual(platform, {
      dagster: {
        "dagster-user-deployments": {
          deployments: [
            {
              name: "orders",
              image,
              dagsterApiGrpcArgs: ["-m", "floe.definitions"],
              port: 3030,
              env: { DBT_TARGET_PATH: "/tmp/target" },
              envSecrets: [],
              resources: small.userCode,
            },
          ],
        },
      },
      polaris: { enabled: true },
      objectStorage: { endpoint: "https://s3.example.com", bucket: "lake", existingSecret: "lake-access" },
      otel: { replicaCount: 2, autoscaling: { enabled: true, min: 2, max: 4 } },
      global: { environment: "dev" },
      resourcePreset: "small",
    });
  });

  it("[FL-50] without a warehouse of its own a product for development uses the object store's catalog, any other gets Polaris", () => {
    assert.equal(values("floe-platform").polaris, undefined);
    assert.deepEqual(values("floe-platform", undefined, "staging").polaris, { enabled: true });
  });

  it("[FL-78] credentials are references: Secrets by name", () => {
    const shared = (tree: Tree): void => {
      Object.assign(tree, { secretRefs: [{ secretName: "lake-access" }, { secretName: "orders-warehouse" }] });
      const image = { repository: "registry.example.com/floe/orders", digest: `sha256:${"a1".repeat(32)}` };
      config(tree, "orchestrator", {
        codeLocations: [{ name: "orders", image, secretRefs: [{ secretName: "dagster-io" }] }],
      });
    };
    const { dagster } = values("floe-platform", shared) as {
      dagster: { "dagster-user-deployments": { deployments: [{ envSecrets: unknown }] } };
    };
    assert.deepEqual(dagster["dagster-user-deployments"].deployments[0].envSecrets, [
      "lake-access",
      "orders-warehouse",
      "dagster-io",
    ]);
    const { jobs } = values("floe-jobs", shared) as { jobs: { envFromSecrets?: unknown }[] };
    const names = ["lake-access", "orders-warehouse"];
    assert.deepEqual(
      jobs.map(({ envFromSecrets }) => envFromSecrets),
      [names, names, names],
    );
  });

  it("[FL-59] [FL-60] [FL-61] [FL-63] dbt makes the jobs: command, schedule, resources and the artifact of each", () => {
    const all = values("floe-jobs", undefined, "prod");
    const jobs = all.jobs as unknown as [{ artifacts: string }, ...{ artifacts: string }[]];
    assert.deepEqual(Object.keys(all).sort(), ["global", "jobs"]);
    const { artifacts, ...first } = jobs[0];
    assert.deepEqual(first, {
      name: "orders-build",
      image,
      command: ["dbt", "build"],
      args: ["--select", "orders+"],
      schedule: "0 6 * * *",
      resources: resourcePresets.large.job,
      env: {
        OTEL_SERVICE_NAME: "orders-build",
        OTEL_RESOURCE_ATTRIBUTES:
          "service.namespace=orders,service.version=1.4.0,deployment.environment.name=prod,team=data-platform",
      },
      envFromSecrets: ["orders-warehouse"],
    });
    for (const job of jobs) {
      const read = readArtifacts(job.artifacts);
      assert.ok("artifacts" in read, "the file of a job is an artifact itself");
    }
    assert.deepEqual(
      JSON.parse(artifacts),
      written(([one]) => [one as object]),
    );
  });

  it("[FL-18] Dagster knows every job; without a code location of its own the chart's reads them", () => {
    const platform = values("floe-platform", (tree) => config(tree, "orchestrator", {}));
    assert.ok(!("dagster" in platform));
    const tree = JSON.parse(sample);
    tree.plugins.orchestrator.config = {};
    assert.deepEqual(
      JSON.parse(platform.artifacts as string),
      written((all) => all, tree),
    );
    const inImage = values("floe-platform", (tree) => config(tree, "orchestrator", { artifacts: "image" }));
    assert.ok(!("artifacts" in inImage));
  });

  it("[FL-59] a job's own image, variables and resources win; a custom preset gives none", () => {
    const other = { repository: "registry.example.com/other", tag: "2", runAsUser: 20_000 };
    const change = (tree: Tree): void =>
      void Object.assign((tree.jobs as unknown as object[])[0] as object, {
        image: other,
        env: { OTEL_SERVICE_NAME: "mine" },
      });
    const { jobs } = values("floe-jobs", change, "own") as {
      jobs: { image: unknown; env: Record<string, string>; resources?: { limits: { cpu: string } } }[];
    };
    assert.deepEqual(jobs[0]?.image, { ...image, ...other });
    assert.equal(jobs[0]?.env.OTEL_SERVICE_NAME, "mine");
    assert.deepEqual(
      jobs.map(({ resources }) => resources?.limits.cpu),
      [undefined, "1", undefined],
    );
  });

  it("[FL-61] fails for an artifact a ConfigMap cannot hold: its size, and the alternative", () => {
    const large = (tree: Tree): void => {
      Object.assign((tree.jobs as unknown as object[])[1] as object, { args: ["x".repeat(1_000_000)] });
    };
    const result = made("floe-jobs", large);
    assert.match(
      "mistakes" in result ? result.mistakes.join("\n") : "",
      /^plugin dbt 1\.0\.0 \(compute\): getHelmValues\(\) failed: the artifact of job orders-snapshot has 10\d{5} bytes, a ConfigMap holds 1000000; set \/plugins\/compute\/config\/artifacts to "image" and put it into the image$/,
    );
    assert.match(
      JSON.stringify(made("floe-platform", large)),
      /plugin dagster .* the artifact of the platform has 10\d{5} bytes.*orchestrator\/config\/artifacts to/,
    );
    const inImage = values("floe-jobs", (tree) => {
      large(tree);
      config(tree, "compute", { image: { repository: "registry.example.com/a", tag: "1" }, artifacts: "image" });
    });
    for (const job of inImage.jobs as object[]) assert.ok(!("artifacts" in job));
  });

  it("[FL-59] fails for a job without an image", () => {
    const result = made("floe-jobs", (tree) => config(tree, "compute", {}));
    assert.match(
      JSON.stringify(result),
      /job orders-build has no image; set it there or as \/plugins\/compute\/config\/image/,
    );
  });
});
