import { z } from "zod";
import { dnsLabel, flag, helmKeys, image, objectName, resources, wholeNumber } from "../schema";
import {
  annotations,
  autoscalingShape,
  command,
  destinations,
  duration,
  envFromSecrets,
  environment,
  httpPath,
  httpProbe,
  ingressShape,
  probeTimings,
  refineAutoscaling,
  refineIngress,
  refineServiceAccount,
  serviceAccountShape,
  spreadShape,
} from "../workload-schema";

/** Values of `charts/trevor`; its values.schema.json is generated from this type. */

const migrations = z.strictObject({
  mode: z
    .enum(["", "hook", "init", "external", "none"], "expected hook, init, external, none, or an empty text")
    .describe(
      "hook: a Job before every install and upgrade. init: an init container of the API, for one pod. external: something else migrates before the release. none: nobody does. Empty: as the two switches say.",
    ),
  enabled: flag().describe("Mode init, for values from before there was a mode."),
  hookEnabled: flag().describe("Mode hook, for values from before there was a mode."),
  command: command.min(1, "expected the words of a command").describe("What migrates the database."),
  backoffLimit: wholeNumber(0, 10, "of tries from 0 to 10").describe("Tries after the first one."),
  activeDeadlineSeconds: wholeNumber(10, 86_400, "of seconds from 10 to 86400").describe(
    "Seconds for all tries together; below the release's timeout.",
  ),
  ttlSecondsAfterFinished: wholeNumber(0, 604_800, "of seconds from 0 to 604800").describe(
    "Seconds a finished Job is kept.",
  ),
});
/** Who migrates the database. */
export type MigrationMode = "hook" | "init" | "external" | "none";

/** Who migrates, by the mode or the two switches it replaced (TR-29). */
export const migrationMode = ({
  mode,
  enabled,
  hookEnabled,
}: Pick<z.output<typeof migrations>, "mode" | "enabled" | "hookEnabled">): MigrationMode =>
  mode || (hookEnabled ? "hook" : enabled ? "init" : "none");

const worker = z
  .strictObject({
    enabled: flag().describe("Whether there is a worker."),
    replicaCount: wholeNumber(1, 500).describe("Pods of the worker."),
    command: command.describe("What the worker runs; not empty when enabled."),
    resources: resources.describe("Of the worker."),
    livenessCommand: command.describe("A command that fails when the worker hangs; empty for none."),
    livenessPeriodSeconds: probeTimings.periodSeconds.describe("Seconds between two runs of livenessCommand."),
    terminationGracePeriodSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe(
      "Seconds a stopping worker has to finish its job.",
    ),
  })
  .refine(({ enabled, command }) => !enabled || command.length > 0, {
    path: ["command"],
    message: "expected the worker's command, such as [uv, run, arq, trevor.worker.WorkerSettings]",
  });

/** The parts of the values that a stack's configuration takes over one by one. */
export const chartShape = {
  image: image.describe("The image of API, worker and migration."),
  replicaCount: wholeNumber(1, 500).describe("Pods of the API; without meaning while autoscaling is on."),
  resources: resources.describe("Of the API and of the migration."),
  containerPort: wholeNumber(1, 65_535).describe("Port the program listens on."),
  service: z
    .strictObject({
      type: z
        .enum(["ClusterIP", "NodePort", "LoadBalancer"], "expected ClusterIP, NodePort or LoadBalancer")
        .describe("ClusterIP stays inside; what comes from outside belongs behind an Ingress."),
      port: wholeNumber(1, 65_535).describe("Port of the Service."),
    })
    .describe("How the API is reached inside the cluster."),
  serviceAccount: z
    .strictObject(serviceAccountShape)
    .superRefine(refineServiceAccount)
    .describe("Account of all pods."),
  env: environment.describe("Plain variables of every container, never a credential."),
  envFromSecrets: envFromSecrets.describe("Secrets whose keys become variables of every container."),
  podAnnotations: annotations.describe("Annotations of the pods of API and worker: a changed one restarts them."),
  probes: z
    .strictObject({
      startup: httpProbe.describe("Until it succeeds the other two do not count."),
      readiness: httpProbe.describe("While it fails the pod gets no traffic."),
      liveness: httpProbe.describe("When it fails the container is restarted."),
    })
    .describe("Of the API, over HTTP on the container's port."),
  stopDelaySeconds: wholeNumber(0, 300, "of seconds from 0 to 300").describe(
    "Seconds a stopping pod of the API serves on, while Services forget it.",
  ),
  spread: z.strictObject(spreadShape).describe("Where pods of one component may stand together."),
  worker: worker.describe("The background worker: the API's image with another command."),
  ingress: z.strictObject(ingressShape).superRefine(refineIngress).describe("How the API is reached from outside."),
  autoscaling: z
    .strictObject(autoscalingShape)
    .superRefine(refineAutoscaling)
    .describe("By the CPU of the API's pods."),
  migrations: migrations.describe("Who migrates the database, and how long it may take."),
  metrics: z
    .strictObject({
      path: httpPath.describe("Where the API shows its metrics."),
      scrape: z
        .enum(
          ["auto", "annotations", "serviceMonitor", "vmServiceScrape", "off"],
          "expected auto, annotations, serviceMonitor, vmServiceScrape or off",
        )
        .describe(
          "How Prometheus or VictoriaMetrics is told; auto: a ServiceMonitor or VMServiceScrape where the cluster knows the kind, else annotations.",
        ),
      interval: duration("a time").describe("Between two scrapes of a ServiceMonitor or VMServiceScrape."),
    })
    .describe("What Prometheus scrapes."),
  networkPolicy: z
    .strictObject({
      enabled: flag().describe("Whether there are policies; for namespaces that refuse all traffic."),
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
    chartDigest: z.string().describe("Digest of the chart's files, written on the Deployments."),
    nameOverride: objectName("a name").describe("Stands for the chart's name in labels and names."),
    fullnameOverride: objectName("a name").describe("The whole name of the release's objects."),
    ...helmKeys,
  })
  .superRefine(refineMigrations);
export type ChartValues = z.output<typeof chartValues>;

/** Two switches at once, and migrations that would run side by side in several pods. */
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
