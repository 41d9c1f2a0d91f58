import { z } from "zod";
import { chartKeys, dnsLabel, flag, helmKeys, image, resources, wholeNumber } from "../schema";
import {
  annotations,
  autoscalingShape,
  command,
  destinations,
  envFromSecrets,
  environment,
  httpPath,
  httpProbe,
  ingressShape,
  probeTimings,
  refineAutoscaling,
  refineIngress,
  refineServiceAccount,
  scrapeShape,
  serviceAccountShape,
  spreadShape,
} from "../workload-schema";

/** Values of `charts/trevor`; its values.schema.json is generated from this type. */

const migrations = z.strictObject({
  mode: z
    .enum(["", "hook", "init", "external", "none"], "expected hook, init, external, none, or an empty text")
    .describe(
      "hook: a Job before every install and upgrade. init: an init container of the API, for one pod. external: migrations run outside the chart, before the release. none: no migration. Empty: derived from enabled and hookEnabled.",
    ),
  enabled: flag().describe("Legacy switch: selects mode init."),
  hookEnabled: flag().describe("Legacy switch: selects mode hook."),
  command: command.min(1, "expected the words of a command").describe("Command that migrates the database."),
  backoffLimit: wholeNumber(0, 10, "of tries from 0 to 10").describe("Number of retries."),
  activeDeadlineSeconds: wholeNumber(10, 86_400, "of seconds from 10 to 86400").describe(
    "Deadline in seconds for all attempts together; below the release's timeout.",
  ),
  ttlSecondsAfterFinished: wholeNumber(0, 604_800, "of seconds from 0 to 604800").describe(
    "Seconds a finished Job is kept.",
  ),
});
/** Modes of the database migration. */
export type MigrationMode = "hook" | "init" | "external" | "none";

/** Migration mode, from `mode` or the two switches it replaced. */
export const migrationMode = ({
  mode,
  enabled,
  hookEnabled,
}: Pick<z.output<typeof migrations>, "mode" | "enabled" | "hookEnabled">): MigrationMode =>
  mode || (hookEnabled ? "hook" : enabled ? "init" : "none");

const worker = z
  .strictObject({
    enabled: flag().describe("Whether a worker is deployed."),
    replicaCount: wholeNumber(1, 500).describe("Replicas of the worker."),
    command: command.describe("Command of the worker; not empty when enabled."),
    resources: resources.describe("Resources of the worker."),
    livenessCommand: command.describe("A command that fails when the worker hangs; empty for none."),
    livenessPeriodSeconds: probeTimings.periodSeconds.describe("Interval of livenessCommand in seconds."),
    terminationGracePeriodSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe(
      "Seconds a stopping worker has to finish its job.",
    ),
  })
  .refine(({ enabled, command }) => !enabled || command.length > 0, {
    path: ["command"],
    message: "expected the worker's command, such as [uv, run, arq, trevor.worker.WorkerSettings]",
  });

/** The parts of the values that a stack's configuration has too. */
export const chartShape = {
  image: image.describe("The image of API, worker and migration."),
  replicaCount: wholeNumber(1, 500).describe("Replicas of the API; ignored if autoscaling is enabled."),
  resources: resources.describe("Resources of the API and the migration."),
  containerPort: wholeNumber(1, 65_535).describe("Port the program listens on."),
  service: z
    .strictObject({
      type: z
        .enum(["ClusterIP", "NodePort", "LoadBalancer"], "expected ClusterIP, NodePort or LoadBalancer")
        .describe("Type of the Service; external traffic belongs behind an Ingress."),
      port: wholeNumber(1, 65_535).describe("Port of the Service."),
    })
    .describe("Service of the API inside the cluster."),
  serviceAccount: z
    .strictObject(serviceAccountShape)
    .superRefine(refineServiceAccount)
    .describe("ServiceAccount of all pods."),
  env: environment.describe("Environment variables of every container, without credentials."),
  envFromSecrets: envFromSecrets.describe("Secrets whose keys become environment variables of every container."),
  podAnnotations: annotations.describe("Annotations of the API's and worker's pods; a change restarts them."),
  probes: z
    .strictObject({
      startup: httpProbe.describe("Until it succeeds, the other two are not run."),
      readiness: httpProbe.describe("On failure the pod receives no traffic."),
      liveness: httpProbe.describe("On failure the container is restarted."),
    })
    .describe("Probes of the API, over HTTP on the container's port."),
  stopDelaySeconds: wholeNumber(0, 300, "of seconds from 0 to 300").describe(
    "Seconds a stopping API pod keeps serving until its endpoints are removed.",
  ),
  spread: z.strictObject(spreadShape).describe("Topology spread of each component's pods."),
  worker: worker.describe("The background worker: the API's image with another command."),
  ingress: z
    .strictObject(ingressShape)
    .superRefine(refineIngress)
    .describe("Access to the API from outside the cluster."),
  autoscaling: z
    .strictObject(autoscalingShape)
    .superRefine(refineAutoscaling)
    .describe("Horizontal autoscaling by the CPU of the API's pods."),
  migrations: migrations.describe("How the database is migrated, with its deadline."),
  metrics: z
    .strictObject({
      path: httpPath.describe("Path of the API's metrics endpoint."),
      ...scrapeShape,
    })
    .describe("Metrics endpoint for Prometheus."),
  networkPolicy: z
    .strictObject({
      enabled: flag().describe(
        "Whether NetworkPolicies are created; for namespaces with a default-deny NetworkPolicy.",
      ),
      ingressNamespace: dnsLabel("the namespace").describe("Namespace of the ingress controller."),
      monitoringNamespace: dnsLabel("the namespace").describe("Namespace of Prometheus."),
      destinations: destinations.describe("What all pods of the release may reach, by name."),
    })
    .describe("Who reaches the API, and what all pods of the release reach."),
};

/** Values of `charts/trevor`. */
export const chartValues = z
  .strictObject({
    ...chartShape,
    ...chartKeys,
    ...helmKeys,
  })
  .superRefine(refineMigrations);
export type ChartValues = z.output<typeof chartValues>;

/** Errors of both switches at once, and of migrations that would run concurrently in several pods. */
export function refineMigrations(
  {
    migrations,
    replicaCount,
    autoscaling,
  }: Pick<z.output<z.ZodObject<typeof chartShape>>, "migrations" | "replicaCount" | "autoscaling">,
  context: z.RefinementCtx,
): void {
  const complain = (message: string, ...path: string[]): void => context.addIssue({ code: "custom", path, message });
  if (migrations.enabled && migrations.hookEnabled)
    complain("enabled and hookEnabled are both true: choose one, or set mode", "migrations");
  else if (migrationMode(migrations) === "init" && (autoscaling.enabled || replicaCount > 1))
    complain(
      "the init container would migrate in several pods at once: use mode hook, or one pod (replicaCount 1, no autoscaling)",
      "migrations",
      "mode",
    );
}
