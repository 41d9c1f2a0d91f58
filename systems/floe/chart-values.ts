import { z } from "zod";
import { chartKeys, dnsLabel, flag, image, objectName, wholeNumber } from "../schema";
import { environmentWith } from "../workload-schema";
import {
  artifactsText,
  certificates,
  cidrsOf,
  environmentName,
  instances,
  region,
  partResources as resources,
  roleShape,
  sslmode,
  storageClass,
  volumeSize,
} from "./chart-schema";
import { surroundings } from "./chart-surroundings";
import { presetNames } from "./environments";

/** Values of `charts/floe-platform`; its values.schema.json is generated from this type. Keys of Dagster's parts are those of its own chart. */

const replicaCount = wholeNumber(1, 50);
const port = wholeNumber(1, 65_535);
const secretName = (keys: string) => objectName("a Secret's name").describe(`Secret with ${keys}.`);

const deployment = z.strictObject({
  name: dnsLabel("the name", 20).describe("Name of the code location."),
  image: image.describe("Image with the code; its runs are Jobs of the same image."),
  dagsterApiGrpcArgs: z.array(z.string().min(1)).min(1).describe("Arguments of `dagster api grpc`: where the code is."),
  port: port.describe("Port the server listens on."),
  env: environmentWith("envSecrets").optional().describe("Environment variables, without credentials."),
  envSecrets: z
    .array(objectName("a Secret's name").min(1, "expected a Secret's name"))
    .optional()
    .describe("Secrets whose keys become variables."),
  resources: resources.optional().describe("Resources of the server."),
});

const dagster = z.strictObject({
  dagsterHome: z
    .string()
    .regex(/^(\/[\w.-]+)+$/, "expected an absolute path")
    .describe("DAGSTER_HOME: besides /tmp, the only folder that its processes write to."),
  dagsterWebserver: z
    .strictObject({
      image: image.describe("Image of the webserver and of the migration."),
      replicaCount: replicaCount.describe("Replicas of the webserver."),
      service: z
        .strictObject({
          type: z
            .enum(["ClusterIP", "NodePort", "LoadBalancer"], "expected ClusterIP, NodePort or LoadBalancer")
            .describe("Type of the Service."),
          port: port.describe("Port of the Service."),
        })
        .describe("Service of the web page and the GraphQL API."),
      resources: resources.describe("Resources of the webserver and of the migration."),
    })
    .describe("Web page and GraphQL API."),
  dagsterDaemon: z
    .strictObject({
      image: image.describe("Image of the daemon."),
      resources: resources.describe("Resources of the daemon."),
    })
    .describe("Starts schedules and queued runs; always one replica."),
  "dagster-user-deployments": z
    .strictObject({
      deployments: z.array(deployment).min(1, "expected at least one code server"),
    })
    .describe("Servers of user code."),
  runLauncher: z
    .strictObject({
      config: z.strictObject({
        k8sRunLauncher: z.strictObject({
          resources: resources.describe("Resources of a run."),
          ttlSecondsAfterFinished: wholeNumber(60, 604_800, "of seconds from 60 to 604800").describe(
            "Seconds a finished run's Job is kept.",
          ),
        }),
      }),
    })
    .describe("How runs are started: each is a Job."),
  migrate: z
    .strictObject({
      activeDeadlineSeconds: wholeNumber(10, 86_400, "of seconds from 10 to 86400").describe(
        "Deadline in seconds for all attempts together.",
      ),
      backoffLimit: wholeNumber(0, 10, "of tries from 0 to 10").describe("Number of retries."),
    })
    .describe("The Job that brings Dagster's schema to the image's version."),
});

const role = (what: string) =>
  z
    .strictObject({
      database: roleShape.database.describe("Name of the database."),
      user: roleShape.user.describe("Role that owns it."),
    })
    .describe(`Database of ${what}.`);
const roleSecret = (name: string) => secretName(`username and password of the role ${name}`);

const postgresql = z.strictObject({
  mode: z
    .enum(["statefulset", "cnpg", "external"], "expected statefulset, cnpg or external")
    .describe(
      "statefulset: a pod of this chart. cnpg: a Cluster of the CloudNativePG operator; without it a StatefulSet, and an error in the environment prod. external: a server elsewhere.",
    ),
  allowStatefulsetInProd: flag().describe(
    "Allows mode statefulset in the environment prod, where all data is then on one pod with one volume.",
  ),
  allowModeChange: flag().describe("Whether an upgrade may change the mode and leave the old database behind."),
  host: z.string().describe("Host name of an external server."),
  port: port.describe("Port of an external server."),
  sslmode: sslmode.describe("TLS of connections to an external server, as libpq has it."),
  ca: certificates.describe(
    "Certificates of an external server's authority as PEM text, for verify-ca and verify-full.",
  ),
  cidrs: cidrsOf("an external server"),
  roles: z
    .strictObject({ dagster: role("Dagster"), marquez: role("the lineage server"), polaris: role("Polaris") })
    .describe("Database and role of each part on an external server."),
  instances: instances.describe("Servers of mode cnpg, one of them the primary."),
  cnpg: z
    .strictObject({
      served: flag().describe("true: the API was checked before, or there is no cluster to ask."),
      operatorNamespace: dnsLabel("a namespace").describe(
        "Namespace of the operator, which asks the servers for their state.",
      ),
      dagsterSecret: roleSecret("dagster"),
      floeSecret: roleSecret("floe"),
      marquezSecret: roleSecret("marquez"),
      polarisSecret: roleSecret("polaris"),
    })
    .describe("Mode cnpg."),
  image: image.describe("Image of the server."),
  storage: volumeSize.describe("Size of the volume."),
  storageClassName: storageClass,
  auth: z
    .strictObject({
      existingSecret: secretName("PASSWORD_dagster, PASSWORD_floe and PASSWORD_marquez, for the server"),
      dagsterSecret: secretName("DAGSTER_PG_PASSWORD"),
      marquezSecret: secretName("POSTGRES_PASSWORD of the role marquez"),
    })
    .describe("Secrets with the passwords; each role owns the database of its name."),
  resources: resources.describe("Resources of the server."),
});

const minio = z.strictObject({
  enabled: flag().describe("Whether the chart brings an object store: for development."),
  image: image.describe("Image of the store: SeaweedFS, behind the keys of MinIO."),
  storage: volumeSize.describe("Size of the volume."),
  storageClassName: storageClass,
  buckets: z.array(dnsLabel("a bucket")).describe("Buckets made at the start."),
  tableBuckets: z.array(dnsLabel("a bucket")).describe("Warehouses of the Iceberg catalog, made at the start."),
  existingSecret: secretName(
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the administrator, and optionally OBJECT_STORE_USER_ACCESS_KEY_ID and OBJECT_STORE_USER_SECRET_ACCESS_KEY of a user of the buckets' objects",
  ),
  resources: resources.describe("Resources of the store."),
});

const polaris = z.strictObject({
  enabled: flag().describe("Whether the chart brings the Polaris catalog."),
  image: image.describe("Image of Polaris."),
  replicas: replicaCount.describe("Replicas of the catalog; above one only with persistence.type database."),
  persistence: z
    .strictObject({
      type: z
        .enum(["in-memory", "database"], "expected in-memory or database")
        .describe("Where the catalog is kept. in-memory: lost with the pod."),
    })
    .describe("Where the catalog is kept."),
  existingSecret: secretName(
    "POLARIS_BOOTSTRAP_CREDENTIALS, POLARIS_TOKEN_KEY and, with a database, QUARKUS_DATASOURCE_PASSWORD",
  ),
  resources: resources.describe("Resources of the catalog."),
});

/** Values of `charts/floe-platform`. */
export const platformChartValues = z.strictObject({
  global: environmentName,
  resourcePreset: z
    .enum(presetNames, `expected one of ${presetNames.join(", ")}`)
    .describe("Resources of every part that names none; custom: every part names its own."),
  artifacts: artifactsText,
  jobsName: objectName("a name").min(1).describe("Full name of the objects of the chart floe-jobs."),
  dagster: dagster.describe("Orchestration, by the keys of Dagster's own chart."),
  otel: z
    .strictObject({
      image: image.describe("Image of the collector."),
      replicaCount: replicaCount.describe("Replicas of the collector; ignored if autoscaling is enabled."),
      autoscaling: z
        .strictObject({
          enabled: flag().describe("Whether the replicas are autoscaled."),
          min: replicaCount.describe("Minimum replicas."),
          max: replicaCount.describe("Maximum replicas; not below the minimum."),
        })
        .refine(({ enabled, min, max }) => !enabled || min <= max, {
          path: ["min"],
          message: "is above max; raise max or lower min",
        })
        .describe("Horizontal autoscaling by the CPU of the collector's pods."),
      endpoint: z
        .string()
        .regex(/^(https?:\/\/\S+)?$/, "expected http:// or https:// and an address, or an empty text")
        .describe("OTLP over HTTP to which everything is sent on; if empty, it is counted and dropped."),
      resources: resources.describe("Resources of the collector."),
    })
    .describe("OpenTelemetry Collector, as a gateway."),
  postgresql: postgresql.describe("The database of Dagster, dbt and the lineage server."),
  minio: minio.describe("An object store with an Iceberg REST catalog, for development."),
  objectStorage: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^(https?:\/\/\S+)?$/, "expected http:// or https:// and an address, or an empty text")
        .describe("S3 endpoint elsewhere; required unless minio.enabled."),
      region: region.describe("Its region."),
      bucket: z.union([z.literal(""), dnsLabel("the bucket")]).describe("Bucket of the Iceberg tables."),
      cidrs: cidrsOf("the object store elsewhere"),
      existingSecret: secretName("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    })
    .describe("An object store elsewhere, instead of minio."),
  polaris: polaris.describe("Apache Polaris, an Iceberg REST catalog."),
  marquez: z
    .strictObject({
      enabled: flag().describe("Whether there is a lineage server."),
      image: image.describe("Image of the lineage server."),
      resources: resources.describe("Resources of the lineage server."),
    })
    .describe("Lineage: OpenLineage events and their graph."),
  networkPolicy: z
    .strictObject({
      clients: z
        .array(dnsLabel("a namespace"))
        .describe("Namespaces whose pods may reach Dagster's web page and the collector."),
      apiServer: z
        .strictObject({
          ports: z.array(port).min(1).describe("Its ports."),
          cidrs: z
            .array(z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/, "expected a CIDR range such as 10.0.0.0/8"))
            .describe("Its addresses."),
        })
        .describe("The API server, which is no pod: Dagster starts Jobs there."),
    })
    .describe("Who reaches the platform; within it only what is needed passes."),
  ...surroundings,
  ...chartKeys,
});
export type PlatformChartValues = z.output<typeof platformChartValues>;
