import type { PlatformChartValues } from "./chart-values";
import type { PlatformImage, ResolvedFloe } from "./config";
import type { JobsChartValues } from "./jobs-chart-values";
import { destinations } from "./reach";
import type { FloeSecrets } from "./secrets";

/** Maps the configuration to the values of both charts. */

/** An image in the form of the charts' values, without keys that equal the chart's defaults. */
export interface GivenImage {
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** Names of the images below a registry. */
const usualNames: Readonly<Record<PlatformImage, string>> = {
  dagster: "dagster",
  dbt: "dbt",
  otel: "otel-collector",
  postgresql: "postgres",
  minio: "object-store",
  marquez: "marquez",
  polaris: "polaris",
};

/** Image of a part: from the configuration, by default its usual name below the registry. */
export function imageOf({ imageRegistry, images }: ResolvedFloe, part: PlatformImage): GivenImage {
  const { repository = `${imageRegistry}/${usualNames[part]}`, ...more } = images[part] ?? {};
  return { repository, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) };
}

/** Full name of a release's objects: the library chart's rule. */
const fullName = (release: string, chart: string): string =>
  release.includes(chart) ? release : `${release}-${chart}`;
export const platformName = ({ release }: ResolvedFloe): string => fullName(release, "floe-platform");
export const jobsName = ({ jobsRelease }: ResolvedFloe): string => fullName(jobsRelease, "floe-jobs");

/** Values that a stack sets; values files take precedence, except for names and Secrets. */
type Partially<T> = { readonly [K in keyof T]?: unknown };

/** Default that a values file may replace: the code server that reads the compiled artifacts, with its image. */
export const defaultValues = (image: GivenImage): Partially<PlatformChartValues> => ({
  dagster: {
    "dagster-user-deployments": {
      deployments: [
        {
          name: "floe",
          image: { tag: "", digest: "", pullPolicy: "IfNotPresent", runAsUser: 10_001, runAsGroup: 10_001, ...image },
          dagsterApiGrpcArgs: ["-m", "floe.definitions"],
          port: 3030,
        },
      ],
    },
  },
});

/** Values of the database for the platform's chart. */
function databaseValues({ postgresql, production }: ResolvedFloe, secrets: FloeSecrets): Record<string, unknown> {
  const { mode, storage, instances, operatorNamespace, allowModeChange, external } = postgresql;
  return {
    mode,
    storage,
    instances,
    allowModeChange,
    // production was refused without the operator, so that the chart need not ask the cluster once more
    cnpg: {
      served: production,
      operatorNamespace,
      ...Object.fromEntries(Object.entries(secrets.roles ?? {}).map(([role, name]) => [`${role}Secret`, name])),
    },
    auth: {
      existingSecret: secrets.server ?? "",
      dagsterSecret: secrets.dagster,
      marquezSecret: secrets.lineage ?? "",
    },
    ...(external && {
      host: external.host,
      port: external.port,
      sslmode: external.sslmode,
      ca: external.ca,
      cidrs: external.cidrs,
      roles: { dagster: external.dagster, marquez: external.lineage, polaris: external.catalog },
    }),
  };
}

/** Values of an external object store for the platform's chart: none, whatever an overlay sets, unless the stack has one. */
function storeValues({ objectStorage: { external } }: ResolvedFloe, secrets: FloeSecrets): Record<string, unknown> {
  if (external === undefined) return { endpoint: "" };
  const { endpoint, region, bucket, cidrs } = external;
  return { endpoint, region, bucket, cidrs, existingSecret: secrets.catalogStore ?? "" };
}

/** Values of `charts/floe-platform`; `image` gives each part's image with its digest. */
export function platformValues(
  config: ResolvedFloe,
  secrets: FloeSecrets,
  image: (part: PlatformImage) => GivenImage,
): Partially<PlatformChartValues> {
  const { objectStorage, networkPolicy, polaris } = config;
  return {
    global: { environment: config.environment },
    jobsName: jobsName(config),
    dagster: { dagsterWebserver: { image: image("dagster") }, dagsterDaemon: { image: image("dagster") } },
    otel: { image: image("otel") },
    postgresql: { image: image("postgresql"), ...databaseValues(config, secrets) },
    minio: {
      enabled: objectStorage.mode === "minio",
      image: image("minio"),
      storage: objectStorage.storage,
      existingSecret: secrets.objectStore ?? "",
    },
    objectStorage: storeValues(config, secrets),
    polaris: polaris.enabled
      ? {
          enabled: true,
          image: image("polaris"),
          replicas: polaris.replicas,
          persistence: { type: polaris.persistence },
          existingSecret: secrets.polaris ?? "",
        }
      : { enabled: false },
    marquez: { enabled: config.lineage, image: image("marquez") },
    networkPolicy: { clients: networkPolicy.clients, apiServer: { cidrs: networkPolicy.apiServerCidrs } },
    // the stack's namespace has its own, and the stack makes the Secrets
    resourceQuota: { enabled: false },
    externalSecrets: { enabled: false },
  };
}

/** Values of the database for the jobs' chart. */
function warehouseValues({ postgresql, production }: ResolvedFloe, platform: string): Record<string, unknown> {
  const { mode, external } = postgresql;
  // without its operator a Cluster is a StatefulSet, which has no TLS
  const sslmode = mode === "cnpg" && production ? "require" : "prefer";
  if (external === undefined) return { host: `${platform}-postgresql`, sslmode };
  const { host, port, warehouse, ca } = external;
  return { host, port, database: warehouse.database, user: warehouse.user, sslmode: external.sslmode, ca };
}

/** Values of the storage of dbt's artifacts for the jobs' chart. */
function artifactStore({ objectStorage }: ResolvedFloe, secrets: FloeSecrets, platform: string) {
  const { mode, external } = objectStorage;
  const existingSecret = secrets.jobsStore ?? "";
  if (external !== undefined) {
    const { endpoint, region, bucket } = external;
    return { endpoint, region, bucket, existingSecret };
  }
  return mode === "minio"
    ? { endpoint: `http://${platform}-minio:8333`, existingSecret }
    : { endpoint: "", existingSecret: "" };
}

/** Values of `charts/floe-jobs`. */
export function jobsValues(config: ResolvedFloe, secrets: FloeSecrets, image: GivenImage): Partially<JobsChartValues> {
  const platform = platformName(config);
  return {
    global: { environment: config.environment },
    image,
    warehouse: { ...warehouseValues(config, platform), existingSecret: secrets.warehouse },
    lineage: { url: config.lineage ? `http://${platform}-marquez:5000` : "" },
    objectStorage: artifactStore(config, secrets, platform),
    networkPolicy: { destinations: destinations(config, platform) },
  };
}
