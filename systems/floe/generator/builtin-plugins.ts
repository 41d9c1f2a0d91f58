/** The plugins that come with floe: each writes the keys of its own component and no other. Pure. */
import { z } from "zod";
import { dnsLabel, flag, resources, text, wholeNumber } from "../../schema";
import { type Environment, resourcePresets } from "../environments";
import { type ArtifactJob, artifactImage, type CompiledArtifacts, environmentVariables, secretRefs } from "./artifacts";
import { artifactsKey, at, keys, present } from "./chart-keys";
import { type Plugin, type PluginKind, PluginRegistry } from "./plugins";
import type { Values } from "./tree";

/** Version of the plugins below. */
const version = "1.0.0";

/** Resources of the environment's preset, unless all of them are set explicitly. */
const presetOf = ({ preset }: Environment) => (preset === "custom" ? undefined : resourcePresets[preset]);

/** An image in the form of the charts' values. */
const imageValues = (image: z.output<typeof artifactImage>): Values => ({
  tag: "",
  digest: "",
  pullPolicy: "IfNotPresent",
  runAsUser: 10_001,
  runAsGroup: 10_001,
  ...present(image),
});

/** Location of an artifact that a pod reads: a ConfigMap, or the pod's image. */
const artifactsIn = z.enum(["configMap", "image"], "expected configMap or image").default("configMap");

/** Maximum size of an artifact in a ConfigMap, in bytes: below the 1 MiB of Kubernetes (MaxSecretSize), which includes names. */
const configMapLimit = 1_000_000;

/** An artifact as the text of a file. Throws when it is too large for a ConfigMap; `plugin` and `whose` are for the message. */
function fileOf(artifacts: CompiledArtifacts, plugin: PluginKind, whose: string): string {
  const text = JSON.stringify({ ...artifacts, $schema: undefined });
  const bytes = Buffer.byteLength(text);
  if (bytes <= configMapLimit) return text;
  throw new Error(
    `the artifact ${whose} has ${bytes} bytes, a ConfigMap holds ${configMapLimit}; set /plugins/${plugin}/config/artifacts to "image" and put it into the image`,
  );
}

const dagsterConfig = z.strictObject({
  artifacts: artifactsIn,
  codeLocations: z
    .array(
      z.strictObject({
        name: dnsLabel("a code location's name", 40),
        image: artifactImage,
        module: z
          .string()
          .regex(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, 'expected a Python module such as "floe.definitions"')
          .default("floe.definitions"),
        port: wholeNumber(1, 65_535).default(3030),
        env: environmentVariables.default({}),
        secretRefs: secretRefs.default([]),
        resources: resources.optional(),
      }),
    )
    .default([]),
});
type CodeLocation = z.output<typeof dagsterConfig>["codeLocations"][number];

/** Dagster: its jobs, and a server for each code location; without one, the chart's own server reads the artifact. */
const dagster: Plugin<z.output<typeof dagsterConfig>> = {
  name: "dagster",
  version,
  type: "orchestrator",
  config: dagsterConfig,
  getHelmValues: (artifacts, { config, environment, chart }) => {
    if (chart !== "floe-platform") return {};
    const isMounted = config.artifacts === "configMap";
    const servers = config.codeLocations.map((one) => codeLocationValues(one, artifacts, environment));
    return {
      ...(isMounted ? at(keys.artifacts, fileOf(artifacts, "orchestrator", "of the platform")) : {}),
      ...(servers.length > 0 ? at(keys.codeLocations, servers) : {}),
    };
  },
};

const codeLocationValues = (
  { name, image, module, port, env, secretRefs, resources }: CodeLocation,
  artifacts: CompiledArtifacts,
  environment: Environment,
): Values =>
  present({
    name,
    image: imageValues(image),
    dagsterApiGrpcArgs: ["-m", module],
    port,
    env,
    envSecrets: namesOf(artifacts.secretRefs, secretRefs),
    resources: resources ?? presetOf(environment)?.userCode,
  });

/** Names of Secrets, each once. */
const namesOf = (...refs: z.output<typeof secretRefs>[]): string[] => [
  ...new Set(refs.flat().map(({ secretName }) => secretName)),
];

const polarisConfig = z.strictObject({
  warehouse: z
    .strictObject({
      endpoint: z
        .string()
        .regex(
          /^https?:\/\/[^\s/@?#]+(?::\d+)?(?:\/[^\s@?#]*)?$/,
          'expected an address such as "https://s3.example.com"',
        )
        .optional(),
      bucket: text("a bucket").max(63),
      secretRef: dnsLabel("a Secret's name", 253).optional(),
    })
    .optional(),
});

/** Polaris: the catalog, and the bucket its tables are in. */
const polaris: Plugin<z.output<typeof polarisConfig>> = {
  name: "polaris",
  version,
  type: "catalog",
  config: polarisConfig,
  getHelmValues: (_, { config: { warehouse }, chart, environment }) => {
    if (chart !== "floe-platform") return {};
    // for development the object store brings a catalog along
    if (warehouse === undefined) return environment.profile === "dev" ? {} : at(keys.catalog, true);
    const { endpoint, bucket, secretRef } = warehouse;
    return {
      ...at(keys.catalog, true),
      ...at(keys.objectStorage, present({ endpoint, bucket, existingSecret: secretRef })),
    };
  },
};

const replicas = wholeNumber(1, 50);
const otelConfig = z.strictObject({
  replicas: replicas.optional(),
  autoscaling: z.strictObject({ enabled: flag(), min: replicas.optional(), max: replicas.optional() }).optional(),
});

/** The OpenTelemetry Collector: its number of replicas. */
const otel: Plugin<z.output<typeof otelConfig>> = {
  name: "otel",
  version,
  type: "observability",
  config: otelConfig,
  getHelmValues: (_, { config: { replicas, autoscaling }, chart }) => {
    if (chart !== "floe-platform") return {};
    const [root, counted] = keys.collectorReplicas;
    const scaled = keys.collectorAutoscaling[1];
    const values = present({ [counted]: replicas, [scaled]: autoscaling && present(autoscaling) });
    return Object.keys(values).length > 0 ? at([root], values) : {};
  },
};

const dbtConfig = z.strictObject({
  image: artifactImage.optional(),
  artifacts: artifactsIn,
  lineage: z.boolean().default(false),
});
type DbtConfig = z.output<typeof dbtConfig>;

/** dbt: the jobs, each with its own part of the artifact as a file. */
const dbt: Plugin<DbtConfig> = {
  name: "dbt",
  version,
  type: "compute",
  config: dbtConfig,
  requiresLineage: ({ config }) => config.lineage,
  getHelmValues: (artifacts, { config, environment, chart }) => {
    if (chart !== "floe-jobs") return {};
    return at(
      keys.jobs,
      artifacts.jobs.map((job) => jobValues(job, artifacts, config, environment)),
    );
  },
};

function jobValues(
  job: ArtifactJob,
  artifacts: CompiledArtifacts,
  config: DbtConfig,
  environment: Environment,
): Values {
  const image = job.image ?? config.image;
  if (image === undefined)
    throw new Error(`job ${job.name} has no image; set it there or as /plugins/compute/config/image for all jobs`);
  const secrets = namesOf(artifacts.secretRefs, job.secretRefs ?? []);
  const isMounted = config.artifacts === "configMap";
  return present({
    name: job.name,
    image: imageValues(image),
    command: job.command,
    args: job.args,
    schedule: job.schedule,
    // A job's file is the artifact with only this job: their total size grows linearly with the number of jobs, not quadratically.
    [artifactsKey]: isMounted ? fileOf({ ...artifacts, jobs: [job] }, "compute", `of job ${job.name}`) : undefined,
    resources: job.resources ?? presetOf(environment)?.job,
    env: { ...tracing(job, artifacts, environment), ...job.env },
    envFromSecrets: secrets.length > 0 ? secrets : undefined,
  });
}

/** Environment variables of OpenTelemetry's libraries (OpenTelemetry specification, "Environment Variable Specification"). */
function tracing(job: ArtifactJob, { metadata, observability }: CompiledArtifacts, { name }: Environment): Values {
  const attributes: Readonly<Record<string, string>> = {
    "service.namespace": metadata.name,
    "service.version": metadata.productVersion,
    "deployment.environment.name": name,
    ...observability.attributes,
  };
  const written = Object.entries(attributes).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return { OTEL_SERVICE_NAME: job.name, OTEL_RESOURCE_ATTRIBUTES: written.join(",") };
}

/** The plugins that come with floe. */
export const builtinPlugins = (): PluginRegistry => new PluginRegistry([dagster, polaris, dbt, otel]);
