import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Cluster } from "../../../cluster/cluster";
import { wrongCluster } from "../../../cluster/cluster-identity";
import { dependencyFaults } from "../../../operations/charts/dependencies";
import { formatChanged } from "../../../operations/charts/versions";
import { type GenerateOptions, generateValues } from "../../../operations/floe/generate-values";
import { wrapHelm } from "../../../operations/floe/helm-wrapper";
import { defaultEnvironments, environmentsOf } from "../../../systems/floe/environments";
import { readArtifacts } from "../../../systems/floe/generator/artifacts";
import { generate } from "../../../systems/floe/generator/generate";
import { mergeAll } from "../../../systems/floe/generator/merge";
import { type PluginKind, PluginRegistry, pluginKinds } from "../../../systems/floe/generator/plugins";
import type { Values } from "../../../systems/floe/generator/tree";
import { type Environment, jobsNeed, overlay, withOperator } from "../../charts/support/floe";
import { refusal } from "../../charts/support/helm";
import { root, textOf } from "../../support/tree";

/** Wrong input for floe, each with what the product says of it. */

const sample = "systems/floe/generator/sample/compiled_artifacts.json";
const generated = (options: Partial<GenerateOptions>): Promise<string> =>
  generateValues({
    ...{ artifact: join(root, sample), env: "dev", chart: "floe-platform" },
    ...{ values: [], set: [], allowConflict: [], timeout: 2 },
    ...options,
  }).then(
    () => assert.fail("it is taken"),
    (error: Error) => error.message,
  );

interface Tree {
  readonly jobs: [object];
  metadata?: object;
  readonly lineage: object;
  readonly plugins: object;
}
/** What is said of an artifact that is changed, or of a text in its place. */
async function ofArtifact(change: ((tree: Tree) => unknown) | string, set: string[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "floe-bad-input-"));
  try {
    const file = join(folder, "artifacts.json");
    const tree = JSON.parse(textOf(sample)) as Tree;
    if (typeof change === "function") change(tree);
    writeFileSync(file, typeof change === "string" ? change : JSON.stringify(tree));
    return (await generated({ artifact: file, set })).replaceAll(file, "artifacts.json");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is said of plugins that give these values. */
function ofPlugins(values: Partial<Record<PluginKind, () => Values>>): string {
  const plugins = new PluginRegistry(
    pluginKinds.map((type) => ({ name: type, version: "1.0", type, getHelmValues: values[type] ?? (() => ({})) })),
  );
  const named = Object.fromEntries(pluginKinds.map((type) => [type, { type }]));
  const read = readArtifacts(JSON.stringify({ ...JSON.parse(textOf(sample)), plugins: named }));
  assert.ok("artifacts" in read && defaultEnvironments.dev);
  const chart = { name: "floe-platform" as const, defaults: {}, overlay: {}, validate: () => [] };
  const sources = { chart, plugins, environment: defaultEnvironments.dev, user: [], allowConflicts: [] };
  const made = generate({ ...sources, artifacts: read.artifacts });
  return "mistakes" in made ? made.mistakes.join("\n") : assert.fail("it is taken");
}

/** What Helm says when the chart refuses. */
const platform = (environment: Environment, values: object, args: readonly string[] = []): Promise<string> =>
  refusal({
    chart: "floe-platform",
    release: "floe",
    args: [...withOperator, ...args],
    values: mergeAll([overlay(environment), values as Values]),
  });
const jobs = (values: object): Promise<string> =>
  refusal({ chart: "floe-jobs", release: "floe", values: { ...jobsNeed, ...values } });
const mapping = (given: unknown): string => {
  const found = environmentsOf(given);
  return "mistakes" in found ? found.mistakes.join("\n") : assert.fail("it is taken");
};

async function fromRegistry(status: number): Promise<string> {
  const server = createServer((_, response) =>
    response.writeHead(status, { "www-authenticate": 'Basic realm="floe"' }).end(),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return (await generated({ artifact: `oci://${host}/orders:1.0.0` })).replaceAll(host, "registry.example.com");
  } finally {
    server.close();
  }
}

/** What is said with a program in Helm's place that prints a version. */
async function withHelm(script: string | undefined): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "floe-helm-"));
  const before = process.env.HELM_BIN;
  try {
    const helm = join(folder, "helm");
    if (script !== undefined) {
      writeFileSync(helm, `#!/bin/sh\n${script}\n`);
      chmodSync(helm, 0o755);
    }
    process.env.HELM_BIN = helm;
    const said = await wrapHelm("template", { words: [] }).then(
      () => assert.fail("it is taken"),
      (error: Error) => error.message,
    );
    return said.replaceAll(helm, "/usr/bin/helm");
  } finally {
    if (before === undefined) delete process.env.HELM_BIN;
    else process.env.HELM_BIN = before;
    rmSync(folder, { recursive: true });
  }
}

const live = { uid: async () => "4e6b5f0a", context: "my-cluster" } as unknown as Cluster;
const postgresql = { mode: "statefulset", auth: { existingSecret: "floe-postgresql" } };

/** By what is wrong, in the words of docs/reference/floe-bad-input.md: what the product says. */
export const badInput: Readonly<Record<string, () => string | Promise<string>>> = {
  "an artifact that is not there": () => generated({ artifact: "none.json" }),
  "an artifact that is no JSON": () => ofArtifact('{"version": "1",\n'),
  "an artifact of another version": () => ofArtifact((tree) => Object.assign(tree, { version: "2" })),
  "an artifact without a field": () => ofArtifact((tree) => delete tree.metadata),
  "a malformed reference": () => generated({ artifact: "oci://orders" }),
  "a registry without a login": () => fromRegistry(401),
  "a reference that is not there": () => fromRegistry(404),
  "an unknown environment": () => generated({ env: "prd" }),
  "values the chart does not take": () => generated({ set: ["otel.replicaCount=none"] }),
  "a key the chart does not have": () => generated({ set: ["otel.replicas=2"] }),
  "a password in the values": () => generated({ set: ["postgresql.auth.password=hunter-two"] }),
  "lineage that is needed and off": () =>
    ofArtifact((tree) => Object.assign(tree, { lineage: { required: true } }), ["marquez.enabled=false"]),
  "a plugin that fails": () =>
    ofPlugins({
      catalog: () => {
        throw new Error("no catalog at this address");
      },
    }),
  "a plugin that gives no map": () => ofPlugins({ catalog: () => [] as unknown as Values }),
  "two plugins with one key": () =>
    ofPlugins({ catalog: () => ({ otel: { replicaCount: 1 } }), observability: () => ({ otel: { replicaCount: 2 } }) }),
  "an environment on two clusters": () => mapping({ one: { environments: ["dev"] }, two: { environments: ["dev"] } }),
  "a cluster without an environment": () => mapping({ one: { environments: [] } }),
  "a namespace that is none": () => mapping({ one: { environments: ["dev"], namespaceTemplate: "Floe_{env}" } }),
  "another cluster behind the context": async () =>
    (await wrongCluster(live, { uid: "6a1f2d7c", name: "nonprod" })) ?? assert.fail("it is taken"),
  "a bad schedule": () => ofArtifact(({ jobs: [job] }) => Object.assign(job, { schedule: "61 * * * *" })),
  "an empty command": () => ofArtifact(({ jobs: [job] }) => Object.assign(job, { command: [] })),
  "a job without a command": () => jobs({ jobs: [{ name: "total" }] }),
  "artifacts too large for a ConfigMap": () => jobs({ artifacts: "x".repeat(1_000_001) }),
  "two object stores": () => platform("dev", { objectStorage: { endpoint: "https://s3.example.com" } }),
  "a catalog without an object store": () => platform("staging", { objectStorage: { endpoint: "" } }),
  "a catalog in memory in production": () =>
    platform("prod", { polaris: { replicas: 1, persistence: { type: "in-memory" } } }),
  "an unknown persistence": () => platform("dev", { polaris: { persistence: { type: "disk" } } }),
  "the chart's database in production": () => platform("prod", { postgresql }),
  "CloudNativePG without its operator": () =>
    refusal({ chart: "floe-platform", release: "floe", values: overlay("prod") }),
  "a quota below the requests": () => platform("prod", { resourceQuota: { hard: { "requests.cpu": "4" } } }),
  "a typo in a key of a part": () => platform("dev", { otel: { replicas: 2 } }),
  "Kubernetes that is too old": () => platform("dev", {}, ["--kube-version", "1.27.16"]),
  "Helm that is too old": () => withHelm("echo v3.11.3"),
  "Helm that is not there": () => withHelm(undefined),
  "a subchart that is not there": () => {
    const folder = mkdtempSync(join(tmpdir(), "floe-chart-"));
    try {
      writeFileSync(join(folder, "Chart.yaml"), "dependencies: [{name: hardened, version: 0.1.0}]\n");
      return dependencyFaults(folder).join("\n").replaceAll(relative(root, folder), "charts/floe-jobs");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  "a changed chart with the version it had": () =>
    formatChanged([{ chart: "floe-jobs", before: "0.1.0", version: "0.1.0", raised: false }], "origin/main"),
};
