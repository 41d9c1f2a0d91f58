import { z } from "zod";
import { dnsLabel, flag, imageShape } from "../schema";
import { volumeSize } from "./chart-schema";

/** What a user may say about floe: `hardened:floe` in a stack's file. */

/** The images of a platform, each with what it runs. */
const images = {
  dagster: "Dagster: webserver, daemon, migration, code server and runs",
  dbt: "dbt",
  otel: "OpenTelemetry Collector",
  postgresql: "PostgreSQL",
  minio: "the object store",
  marquez: "the lineage server",
} as const;
export type PlatformImage = keyof typeof images;

const image = (what: string) =>
  z
    .strictObject({
      repository: imageShape.repository.optional().describe("Registry and repository. Default: below imageRegistry."),
      tag: imageShape.tag.optional().describe("Version; default: the chart's."),
      digest: imageShape.digest.optional(),
    })
    .optional()
    .describe(`Image of ${what}.`);

const valuesFile = z
  .string()
  .regex(/\.(ya?ml|json)$/, "expected a file of YAML or JSON, such as floe/values-dev.yaml, relative to the project");

/** `hardened:floe` in a stack's file. */
export const floeConfig = z
  .strictObject({
    enabled: flag().default(false).describe("Whether this stack runs floe."),
    environment: dnsLabel("the environment", 40)
      .default("dev")
      .describe("Logical environment of the mapping: dev, test, qa, uat, staging or prod."),
    namespace: dnsLabel("the namespace")
      .optional()
      .describe("Dedicated namespace, created by the stack. Default: floe-<environment>."),
    release: dnsLabel("the release name", 40).default("floe").describe("Name of the platform's Helm release."),
    jobsRelease: dnsLabel("the release name", 40).default("floe-jobs").describe("Name of the jobs' Helm release."),
    imageRegistry: imageShape.repository
      .optional()
      .describe("Registry, with a path where there is one, that holds all images by their usual names."),
    images: z
      .strictObject(
        Object.fromEntries(Object.entries(images).map(([name, what]) => [name, image(what)])) as Record<
          PlatformImage,
          ReturnType<typeof image>
        >,
      )
      .prefault({})
      .describe("Single images."),
    valuesFiles: z
      .array(valuesFile)
      .default([])
      .describe("Files of values for charts/floe-platform, as `floe helm generate` writes them; a later one wins."),
    jobsValuesFiles: z
      .array(valuesFile)
      .default([])
      .describe("The same for charts/floe-jobs: `floe helm generate --chart floe-jobs`."),
    postgresql: z
      .strictObject({
        mode: z
          .enum(["statefulset"], "expected statefulset")
          .default("statefulset")
          .describe("statefulset: a pod of the platform, with one volume."),
        storage: volumeSize.default("10Gi"),
      })
      .prefault({})
      .describe("The database of Dagster, dbt and the lineage server."),
    objectStorage: z
      .strictObject({
        mode: z
          .enum(["minio", "none"], "expected minio or none")
          .default("minio")
          .describe("minio: an object store of the platform, for development. none: nothing is kept."),
        storage: volumeSize.default("5Gi"),
      })
      .prefault({})
      .describe("Where dbt's artifacts and Iceberg tables are kept."),
    lineage: flag().default(true).describe("Whether there is a lineage server, and dbt reports to it."),
    networkPolicy: z
      .strictObject({
        clients: z
          .array(dnsLabel("a namespace"))
          .default([])
          .describe("Namespaces whose pods may reach Dagster's web page and the collector."),
        apiServerCidrs: z
          .array(z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/, "expected a CIDR range such as 10.0.0.0/8"))
          .default(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])
          .describe("Addresses of the API server: Dagster starts Jobs there."),
      })
      .prefault({})
      .describe("Who may reach the platform."),
  })
  .superRefine((config, context) => {
    if (!config.enabled || config.imageRegistry !== undefined) return;
    for (const name of Object.keys(images) as PlatformImage[])
      if (config.images[name]?.repository === undefined)
        context.addIssue({
          code: "custom",
          path: ["images", name, "repository"],
          message: "missing; name it, or a registry with all images in imageRegistry",
        });
  })
  .describe("The floe data platform.");
export type FloeConfig = z.output<typeof floeConfig>;
/** The configuration with its namespace. */
export type ResolvedFloe = FloeConfig & { readonly namespace: string };
