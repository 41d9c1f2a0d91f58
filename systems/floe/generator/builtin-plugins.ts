/** The plugins that come with floe: each writes the keys of its own component and no other. Pure. */
import { z } from "zod";
import { dnsLabel, flag, resources, text, wholeNumber } from "../../schema";
import { type Environment, resourcePresets } from "../environments";
import { type ArtifactJob, artifactImage, type CompiledArtifacts, environmentVariables, secretRefs } from "./artifacts";
import { at, jobArtifacts, keys, present } from "./chart-keys";
import { type Plugin, PluginRegistry } from "./plugins";
import type { Values } from "./tree";

/** Version of the plugins below. */
const version = "1.0.0";

/** Amounts of the environment's preset, unless all of them are given by hand. */
const presetOf = ({ preset }: Environment) => (preset === "custom" ? undefined : resourcePresets[preset]);

const dagsterConfig = z.strictObject({
  codeLocations: z
    .array(
      z.strictObject({
        name: dnsLabel("a code location's name", 40),
        image: artifactImage,
        port: wholeNumber(1, 65_535).default(3030),
        env: environmentVariables.optional(),
        secretRefs: secretRefs.optional(),
        resources: resources.optional(),
      }),
    )
    .default([]),
});

/** Dagster: a server for each code location. */
const dagster: Plugin<z.output<typeof dagsterConfig>> = {
  name: "dagster",
  version,
  type: "orchestrator",
  config: dagsterConfig,
  getHelmValues: (artifacts, { config, environment, chart }) => {
    if (chart !== "floe-platform" || config.codeLocations.length === 0) return {};
    const deployments = config.codeLocations.map(({ name, image, port, env, resources, secretRefs = [] }) => {
      const secrets = [...artifacts.secretRefs, ...secretRefs].map(({ secretName }) => ({ name: secretName }));
      return present({
        name,
        image: present(image),
        port,
        env,
        envSecrets: secrets.length > 0 ? secrets : undefined,
        resources: resources ?? presetOf(environment)?.userCode,
      });
    });
    return at(keys.codeLocations, deployments);
  },
};

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
  getHelmValues: (_, { config: { warehouse }, chart }) => {
    if (chart !== "floe-platform") return {};
    if (warehouse === undefined) return at(keys.catalog, true);
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

/** The OpenTelemetry Collector: how many there are. */
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
  artifacts: z.enum(["configMap", "image"], "expected configMap or image").default("configMap"),
  lineage: z.boolean().default(false),
});
type DbtConfig = z.output<typeof dbtConfig>;

/** Most bytes of a ConfigMap's data (Kubernetes, MaxSecretSize). */
const configMapLimit = 1024 * 1024;

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
  return present({
    name: job.name,
    image: present(image),
    command: job.command,
    args: job.args,
    schedule: job.schedule,
    [jobArtifacts]: config.artifacts === "configMap" ? fileOf(job, artifacts) : undefined,
    resources: job.resources ?? presetOf(environment)?.job,
    env: { ...tracing(job, artifacts, environment), ...job.env },
    envFromSecrets: secretsOf(job, artifacts),
  });
}

/** The artifact with this job alone: what the job finds in its file. */
function fileOf(job: ArtifactJob, artifacts: CompiledArtifacts): string {
  const text = JSON.stringify({ ...artifacts, $schema: undefined, jobs: [job] });
  const bytes = Buffer.byteLength(text);
  if (bytes <= configMapLimit) return text;
  throw new Error(
    `the artifact of job ${job.name} has ${bytes} bytes, a ConfigMap holds ${configMapLimit}; set /plugins/compute/config/artifacts to "image" and put it into the job's image`,
  );
}

function secretsOf(job: ArtifactJob, artifacts: CompiledArtifacts) {
  const names = new Set([...artifacts.secretRefs, ...(job.secretRefs ?? [])].map(({ secretName }) => secretName));
  return names.size > 0 ? [...names].map((secretName) => ({ secretName })) : undefined;
}

/** What OpenTelemetry's libraries read (OpenTelemetry specification, "Environment Variable Specification"). */
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
