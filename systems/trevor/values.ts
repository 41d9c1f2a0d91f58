import type { Load } from "../../components/quota";
import { runOncePod } from "../hardened-pod";
import { type Annotations, coversHost } from "../workload-schema";
import type { ChartValues, MigrationMode } from "./chart-values";
import type { TrevorConfig } from "./config";
import { destinationsOf } from "./destinations";
import { migrationMode } from "./migrations";

/** Maps trevor's configuration to values of `charts/trevor`, and to the migration Job that may run before it. */

/** Names of the objects that are created before the release. */
export interface Names {
  readonly secretName: string;
}

/** The chart's full name: of the Service, the API's Deployment and the account. */
export const fullName = ({ fullnameOverride, release }: TrevorConfig): string =>
  fullnameOverride ?? (release.includes("trevor") ? release : `${release}-trevor`);

/** ServiceAccount of all pods: the stack's own, an existing one, or the namespace's default. */
export const accountName = (config: TrevorConfig): string =>
  config.serviceAccount.name || (config.serviceAccount.create ? fullName(config) : "");

/** Migration mode for the chart: a migration by the stack is external to the chart. */
const chartModes = { hook: "hook", init: "init", job: "external", none: "none" } as const satisfies Record<
  string,
  MigrationMode
>;

/** The API and the worker at their maximum, and one migration, as loads of the namespace's quota. */
export const loadsOf = ({ autoscaling, replicaCount, resources, worker }: TrevorConfig): Load[] => [
  { pods: autoscaling.enabled ? autoscaling.maxReplicas : replicaCount, requests: resources.requests },
  { pods: worker.enabled ? worker.replicaCount : 0, requests: worker.resources.requests },
  { pods: 1, requests: resources.requests },
];

/** Secrets whose keys are variables of every container: the credentials first. */
const secretsOf = (config: TrevorConfig, { secretName }: Names): string[] => [
  secretName,
  ...config.envFromSecrets.map((one) => one.secretName),
];

/** The chart's values, plain and known at preview. Namespace, ServiceAccount and Secrets are the stack's: they exist before the first hook. */
export function values(config: TrevorConfig, names: Names, podAnnotations: Annotations = {}) {
  const { command, backoffLimit, activeDeadlineSeconds } = config.migrations;
  return {
    image: config.image,
    replicaCount: config.replicaCount,
    resources: config.resources,
    service: config.service,
    serviceAccount: { create: false, name: accountName(config), annotations: {} },
    env: config.env,
    envFromSecrets: secretsOf(config, names).map((secretName) => ({ secretName })),
    ...(Object.keys(podAnnotations).length > 0 && { podAnnotations }),
    probes: config.probes,
    stopDelaySeconds: config.stopDelaySeconds,
    // not auto: the cluster gets what was evaluated without a cluster
    metrics: { path: "/metrics", scrape: "annotations", interval: "30s" },
    worker: config.worker,
    ingress: config.ingress,
    autoscaling: config.autoscaling,
    migrations: {
      mode: chartModes[migrationMode(config.migrations)],
      enabled: false,
      hookEnabled: false,
      command,
      backoffLimit,
      activeDeadlineSeconds,
    },
    networkPolicy: {
      enabled: true,
      ingressNamespace: config.networkPolicy.ingressNamespace,
      monitoringNamespace: config.networkPolicy.monitoringNamespace,
      destinations: destinationsOf(config),
    },
    fullnameOverride: config.fullnameOverride ?? "",
  } satisfies { readonly [K in keyof ChartValues]?: unknown };
}

/** Environment of uv for a read-only root filesystem; the chart's containers have the same. */
const uvEnvironment = { HOME: "/tmp", UV_CACHE_DIR: "/tmp/uv-cache", UV_NO_SYNC: "1" };

/** Pod of the migration Job that the stack runs itself, equal to the one of the chart's hook. */
export const migrationPod = (config: TrevorConfig, names: Names) =>
  runOncePod({
    name: "migrate",
    image: config.image,
    resources: config.resources,
    command: config.migrations.command,
    env: sorted({ ...uvEnvironment, ...config.env }),
    secrets: secretsOf(config, names),
    tmpSizeLimit: "64Mi",
    serviceAccountName: accountName(config),
  });

const sorted = (env: TrevorConfig["env"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, String(value)]),
  );

/** Helm's timeout in seconds: longer than the hook's deadline, so that the Job fails with its own reason. */
export const releaseTimeout = (config: TrevorConfig): number =>
  migrationMode(config.migrations) === "hook" ? Math.max(180, config.migrations.activeDeadlineSeconds + 60) : 180;

/** URLs of an Ingress, https where a certificate matches the host. */
export const ingressUrls = ({ ingress: { enabled, hosts, tls } }: TrevorConfig): string[] =>
  enabled
    ? hosts.flatMap(({ host, paths }) => {
        const secure = tls.some((one) => one.hosts.some((name) => coversHost(name, host)));
        return paths.map(({ path }) => `${secure ? "https" : "http"}://${host}${path}`);
      })
    : [];
