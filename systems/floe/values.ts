import type { Destinations } from "../workload-schema";
import type { PlatformChartValues } from "./chart-values";
import type { PlatformImage, ResolvedFloe } from "./config";
import type { JobsChartValues } from "./jobs-chart-values";

/** From the configuration to the values of both charts. */

/** Names of the Secrets, each with what one kind of pod needs. */
export interface FloeSecrets {
  /** Passwords of all roles, for the database's server. */
  readonly server: string;
  readonly dagster: string;
  readonly warehouse: string;
  readonly lineage: string;
  readonly objectStore: string;
}

/** Keys of the Secrets. */
export const secretKeys = {
  server: ["PASSWORD_dagster", "PASSWORD_floe", "PASSWORD_marquez"],
  dagster: ["DAGSTER_PG_PASSWORD"],
  warehouse: ["DBT_ENV_SECRET_PASSWORD"],
  lineage: ["POSTGRES_PASSWORD"],
  objectStore: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
} as const satisfies Record<keyof FloeSecrets, readonly string[]>;

/** An image as a chart takes it, without what the chart says itself. */
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
};

/** Image of a part: what the configuration says of it, by default of its usual name below the registry. */
export function imageOf({ imageRegistry, images }: ResolvedFloe, part: PlatformImage): GivenImage {
  const { repository = `${imageRegistry}/${usualNames[part]}`, ...more } = images[part] ?? {};
  return { repository, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) };
}

/** Full name of a release's objects: the library chart's rule. */
const fullName = (release: string, chart: string): string =>
  release.includes(chart) ? release : `${release}-${chart}`;
export const platformName = ({ release }: ResolvedFloe): string => fullName(release, "floe-platform");
export const jobsName = ({ jobsRelease }: ResolvedFloe): string => fullName(jobsRelease, "floe-jobs");

/** Keys of the values a stack gives, all below what a file of values says but for names and Secrets. */
type Partially<T> = { readonly [K in keyof T]?: unknown };

/** What a file of values may replace: the code server that reads the compiled artifacts, in an image as a chart takes it. */
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

/** Values of `charts/floe-platform`; `image` gives each part's image with its digest. */
export function platformValues(
  config: ResolvedFloe,
  secrets: FloeSecrets,
  image: (part: PlatformImage) => GivenImage,
): Partially<PlatformChartValues> {
  const { objectStorage, postgresql, networkPolicy } = config;
  return {
    global: { environment: config.environment },
    jobsName: jobsName(config),
    dagster: { dagsterWebserver: { image: image("dagster") }, dagsterDaemon: { image: image("dagster") } },
    otel: { image: image("otel") },
    postgresql: {
      mode: postgresql.mode,
      image: image("postgresql"),
      storage: postgresql.storage,
      auth: { existingSecret: secrets.server, dagsterSecret: secrets.dagster, marquezSecret: secrets.lineage },
    },
    minio: {
      enabled: objectStorage.mode === "minio",
      image: image("minio"),
      storage: objectStorage.storage,
      existingSecret: secrets.objectStore,
    },
    // a stack brings neither yet, whatever an overlay says
    objectStorage: { endpoint: "" },
    polaris: { enabled: false },
    marquez: { enabled: config.lineage, image: image("marquez") },
    networkPolicy: { clients: networkPolicy.clients, apiServer: { cidrs: networkPolicy.apiServerCidrs } },
    // the stack's namespace has its own, and the stack makes the Secrets
    resourceQuota: { enabled: false },
    externalSecrets: { enabled: false },
  };
}

/** Where the jobs go: pods of the platform, in the same namespace. */
function destinations(config: ResolvedFloe): Destinations {
  const to = (component: string, port: number): Destinations[string] => ({
    port,
    peers: [
      {
        podSelector: {
          matchLabels: {
            "app.kubernetes.io/name": "floe-platform",
            "app.kubernetes.io/instance": config.release,
            "app.kubernetes.io/component": component,
          },
        },
      },
    ],
  });
  return {
    database: to("postgresql", 5432),
    traces: to("otel", 4318),
    ...(config.lineage && { lineage: to("marquez", 5000) }),
    ...(config.objectStorage.mode === "minio" && { objects: to("minio", 8333), catalog: to("minio", 8181) }),
  };
}

/** Values of `charts/floe-jobs`. */
export function jobsValues(config: ResolvedFloe, secrets: FloeSecrets, image: GivenImage): Partially<JobsChartValues> {
  const platform = platformName(config);
  return {
    global: { environment: config.environment },
    image,
    warehouse: { host: `${platform}-postgresql`, existingSecret: secrets.warehouse },
    lineage: { url: config.lineage ? `http://${platform}-marquez:5000` : "" },
    objectStorage:
      config.objectStorage.mode === "minio"
        ? { endpoint: `http://${platform}-minio:8333`, existingSecret: secrets.objectStore }
        : { endpoint: "", existingSecret: "" },
    networkPolicy: { destinations: destinations(config) },
  };
}
