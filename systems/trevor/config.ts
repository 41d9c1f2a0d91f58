import { z } from "zod";
import { dnsLabel, flag, imageShape } from "../schema";
import {
  autoscalingShape,
  httpProbe,
  ingressShape,
  refineAutoscaling,
  refineIngress,
  serviceAccountShape,
} from "../workload-schema";
import { chartShape } from "./chart-values";
import { credentials } from "./credentials";
import { migrationMode, migrations } from "./migrations";

/** Configuration of trevor: `hardened:trevor` in a stack's file. */

const small = { requests: { memory: "128Mi", cpu: "100m" }, limits: { memory: "256Mi", cpu: "500m" } };

const image = z.strictObject({
  ...imageShape,
  repository: imageShape.repository.default("").describe("Registry and repository, without tag. Required."),
  tag: imageShape.tag.default("").describe("Version; default: the chart's appVersion."),
  digest: imageShape.digest.default(""),
  pullPolicy: imageShape.pullPolicy.default("IfNotPresent"),
  runAsUser: imageShape.runAsUser.default(1000),
  runAsGroup: imageShape.runAsGroup.default(1000),
});

const probe = (periodSeconds: number, timeoutSeconds: number, failureThreshold: number) => {
  const { shape } = httpProbe;
  return z
    .strictObject({
      path: shape.path.default("/health"),
      periodSeconds: shape.periodSeconds.default(periodSeconds),
      timeoutSeconds: shape.timeoutSeconds.default(timeoutSeconds),
      failureThreshold: shape.failureThreshold.default(failureThreshold),
      initialDelaySeconds: shape.initialDelaySeconds,
    })
    .prefault({});
};
const probes = z.strictObject({
  startup: probe(2, 1, 30).describe("Until it succeeds, the other two are not run; default: one minute."),
  readiness: probe(10, 2, 3).describe("On failure the pod receives no traffic."),
  liveness: probe(20, 5, 3).describe("On failure the container is restarted."),
});

const workerOf = chartShape.worker.shape;
const worker = z.strictObject({
  enabled: workerOf.enabled.default(true),
  replicaCount: workerOf.replicaCount.default(1),
  command: workerOf.command
    .min(1, "expected the worker's command, such as [uv, run, arq, trevor.worker.WorkerSettings]")
    .default(["uv", "run", "arq", "trevor.worker.WorkerSettings"]),
  resources: workerOf.resources.default(small),
  livenessCommand: workerOf.livenessCommand.default([]),
  livenessPeriodSeconds: workerOf.livenessPeriodSeconds.default(60),
  terminationGracePeriodSeconds: workerOf.terminationGracePeriodSeconds.default(60),
});

const ingress = z
  .strictObject({
    enabled: ingressShape.enabled.default(false),
    className: ingressShape.className.default(""),
    annotations: ingressShape.annotations.default({}),
    hosts: ingressShape.hosts.default([]),
    tls: ingressShape.tls.default([]),
  })
  .superRefine(refineIngress);

const autoscaling = z
  .strictObject({
    enabled: autoscalingShape.enabled.default(false),
    minReplicas: autoscalingShape.minReplicas.default(1),
    maxReplicas: autoscalingShape.maxReplicas.default(3),
    targetCPUUtilizationPercentage: autoscalingShape.targetCPUUtilizationPercentage.default(80),
    scaleDownWindowSeconds: autoscalingShape.scaleDownWindowSeconds.default(300),
  })
  .superRefine(refineAutoscaling);

const serviceOf = chartShape.service.shape;
const policyOf = chartShape.networkPolicy.shape;

/** `hardened:trevor` in a stack's file. */
export const trevorConfig = z
  .strictObject({
    enabled: flag().default(false).describe("Whether this stack runs trevor."),
    namespace: dnsLabel("the namespace").default("trevor").describe("Dedicated namespace, created by the stack."),
    release: dnsLabel("the release name", 53).default("trevor").describe("Name of the Helm release."),
    image: image.prefault({}).describe("The image of API, worker and migration."),
    replicaCount: chartShape.replicaCount.default(1),
    resources: chartShape.resources.default(small),
    service: z
      .strictObject({
        type: z
          .literal("ClusterIP", {
            error:
              "expected ClusterIP: the namespace's quota has no load balancers, and its network policies admit no traffic of a node port; set ingress.enabled for access from outside the cluster",
          })
          .default("ClusterIP")
          .describe("Type of the Service; access from outside the cluster is by an Ingress."),
        port: serviceOf.port.default(8000),
      })
      .prefault({})
      .describe("Service of the API inside the cluster."),
    serviceAccount: z
      .strictObject({
        create: serviceAccountShape.create.default(true),
        name: serviceAccountShape.name.default(""),
        annotations: serviceAccountShape.annotations.default({}),
      })
      .prefault({})
      .superRefine(chartAccount)
      .describe("ServiceAccount of all pods, created before the release."),
    env: chartShape.env.default({}),
    envFromSecrets: chartShape.envFromSecrets
      .default([])
      .describe("Additional Secrets of the namespace whose keys become environment variables."),
    probes: probes.prefault({}).describe("Probes of the API, over HTTP."),
    stopDelaySeconds: chartShape.stopDelaySeconds.default(5),
    worker: worker.prefault({}).describe("The background worker: the API's image with another command."),
    ingress: ingress.prefault({}).describe("Access to the API from outside the cluster."),
    autoscaling: autoscaling.prefault({}).describe("Horizontal autoscaling by the CPU of the API's pods."),
    migrations: migrations.prefault({}).describe("How the database is migrated, with its deadline."),
    networkPolicy: z
      .strictObject({
        ingressNamespace: policyOf.ingressNamespace.default("ingress-nginx"),
        monitoringNamespace: policyOf.monitoringNamespace.default("monitoring"),
        destinations: policyOf.destinations
          .default({})
          .describe(
            "Additional destinations all pods may reach, by name; overrides one of the chart's seven destinations of the same name.",
          ),
      })
      .prefault({})
      .describe("Who may reach the API, and what all pods of the release may reach; everything else is denied."),
    credentials: credentials.default({ from: "config" }).describe("Source of DATABASE_URL and REDIS_URL."),
    datastores: flag()
      .default(false)
      .describe("Runs PostgreSQL and Redis in the cluster and uses them; for evaluation."),
    datastoreStorage: z
      .string()
      .regex(/^(\d+(Mi|Gi|Ti))?$/, 'expected a size such as "1Gi", or an empty text')
      .default("")
      .describe("Size of that PostgreSQL's volume; if empty, data is lost with the pod."),
    fullnameOverride: dnsLabel("the full name").optional().describe("Full name of the release's objects."),
  })
  .superRefine((config, context) => {
    const complain = (message: string, ...path: string[]): void => context.addIssue({ code: "custom", path, message });
    if (!config.enabled) return;
    if (config.image.repository === "")
      complain(
        "missing; your registry and repository, without tag, such as ghcr.io/owner/trevor",
        "image",
        "repository",
      );
    if (migrationMode(config.migrations) === "init" && (config.autoscaling.enabled || config.replicaCount > 1))
      complain(
        "the init container would migrate in several pods at once: use mode hook, or one pod (replicaCount 1, no autoscaling)",
        "migrations",
        "mode",
      );
    if (config.datastores !== (config.credentials.from === "generated"))
      complain(
        config.datastores
          ? "datastores: true makes its own credentials; set credentials.from to generated"
          : "generated credentials are for the servers of datastores: true; set that, or take them from elsewhere",
        "credentials",
        "from",
      );
  })
  .describe("The trevor system.");
export type TrevorConfig = z.output<typeof trevorConfig>;

function chartAccount(
  { create, name, annotations }: { create: boolean; name: string; annotations: Record<string, string> },
  context: z.RefinementCtx,
): void {
  if (create || Object.keys(annotations).length === 0) return;
  const whose = name === "" ? "the namespace's default" : "one that someone else keeps";
  context.addIssue({
    code: "custom",
    path: ["annotations"],
    message: `annotations are for an account the stack makes, but create is false and the account is ${whose}`,
  });
}
