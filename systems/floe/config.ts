import { z } from "zod";
import { cidr, dnsLabel, flag, imageShape, wholeNumber } from "../schema";
import { instances, volumeSize } from "./chart-schema";
import { externalDatabase, externalStore, refineExternal } from "./external";

/** Configuration of floe: `hardened:floe` in a stack's file. */

/** The images of a platform, each with its program. */
const images = {
  dagster: "Dagster: webserver, daemon, migration, code server and runs",
  dbt: "dbt",
  otel: "OpenTelemetry Collector",
  postgresql: "PostgreSQL",
  minio: "the object store",
  marquez: "the lineage server",
  polaris: "Apache Polaris",
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
          .enum(["statefulset", "cnpg", "external"], "expected statefulset, cnpg or external")
          .default("statefulset")
          .describe(
            "statefulset: a pod of the platform, with one volume. cnpg: a Cluster of the CloudNativePG operator; without it a StatefulSet, and a mistake in production. external: a server elsewhere.",
          ),
        storage: volumeSize.default("10Gi"),
        instances: instances
          .optional()
          .describe("Servers of mode cnpg, one of them the primary. Default: 3 in production, else 1."),
        operatorNamespace: dnsLabel("the namespace")
          .default("cnpg-system")
          .describe("Namespace of the CloudNativePG operator, which asks the servers for their state."),
        allowModeChange: flag()
          .default(false)
          .describe("Whether an upgrade may change the mode and leave the old database, with its data, behind."),
        external: externalDatabase.optional(),
      })
      .prefault({})
      .superRefine(refineExternal)
      .describe("The database of Dagster, dbt and the lineage server."),
    objectStorage: z
      .strictObject({
        mode: z
          .enum(["minio", "external", "none"], "expected minio, external or none")
          .default("minio")
          .describe(
            "minio: an object store of the platform, for development. external: one elsewhere. none: nothing is kept.",
          ),
        storage: volumeSize.default("5Gi"),
        external: externalStore.optional(),
      })
      .prefault({})
      .superRefine(refineExternal)
      .describe("Where dbt's artifacts and Iceberg tables are kept."),
    polaris: z
      .strictObject({
        enabled: flag().default(false).describe("Whether the platform has the Polaris catalog; needs an object store."),
        replicas: wholeNumber(1, 50).optional().describe("Replicas. Default: 2 in production, else 1."),
        persistence: z
          .enum(["in-memory", "database"], "expected in-memory or database")
          .default("database")
          .describe("Where the catalog is kept. in-memory: lost with the pod."),
      })
      .prefault({})
      .describe("Apache Polaris, an Iceberg REST catalog."),
    lineage: flag().default(true).describe("Whether there is a lineage server, and dbt reports to it."),
    networkPolicy: z
      .strictObject({
        clients: z
          .array(dnsLabel("a namespace"))
          .default([])
          .describe("Namespaces whose pods may reach Dagster's web page and the collector."),
        apiServerCidrs: z
          .array(cidr)
          .default(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])
          .describe("Addresses of the API server: Dagster starts Jobs there."),
      })
      .prefault({})
      .describe("Who may reach the platform."),
  })
  .superRefine((config, context) => {
    if (!config.enabled || config.imageRegistry !== undefined) return;
    for (const name of Object.keys(images) as PlatformImage[])
      if (isUsed(name, config) && config.images[name]?.repository === undefined)
        context.addIssue({
          code: "custom",
          path: ["images", name, "repository"],
          message: "missing; name it, or a registry with all images in imageRegistry",
        });
  })
  .describe("The floe data platform.");
export type FloeConfig = z.output<typeof floeConfig>;

interface Parts {
  readonly postgresql: { readonly mode: string };
  readonly objectStorage: { readonly mode: string };
  readonly lineage: boolean;
  readonly polaris: { readonly enabled: boolean };
}

/** Whether a stack uses an image. */
function isUsed(image: PlatformImage, { postgresql, objectStorage, lineage, polaris }: Parts): boolean {
  if (image === "postgresql") return postgresql.mode !== "external";
  if (image === "minio") return objectStorage.mode === "minio";
  if (image === "marquez") return lineage;
  return image !== "polaris" || polaris.enabled;
}

/** The configuration with its namespace and environment-specific defaults. */
export type ResolvedFloe = Omit<FloeConfig, "postgresql" | "polaris"> & {
  readonly namespace: string;
  /** Whether it is a stack of production. */
  readonly production: boolean;
  readonly postgresql: FloeConfig["postgresql"] & { readonly instances: number };
  readonly polaris: FloeConfig["polaris"] & { readonly replicas: number };
};
