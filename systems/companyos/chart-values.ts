import { z } from "zod";
import { storeKinds } from "../../cluster/secret-stores";
import {
  cpu,
  dnsLabel,
  egressRules,
  flag,
  helmKeys,
  imageShape,
  ingressRules,
  memory,
  text,
  wholeNumber,
} from "../schema";
import {
  annotations,
  command,
  duration,
  environmentWith,
  httpPath,
  ingressShape,
  spreadShape,
} from "../workload-schema";
import { kinds } from "./service";

/** Values of `charts/service`; its values.schema.json is generated from this type. */

const { repository, ...imageRest } = imageShape;
const amounts = z.strictObject({ cpu, memory });
const seconds = (most: number) => wholeNumber(1, most, `of seconds from 1 to ${most}`);

const probe = z.strictObject({
  path: httpPath.optional().describe("Path that answers 200 to 399."),
  command: command.optional().describe("Command that exits with 0, instead of an HTTP probe."),
  periodSeconds: seconds(300).optional().describe("Interval of the probe in seconds."),
  timeoutSeconds: seconds(60).optional().describe("Seconds until a probe times out."),
  failureThreshold: wholeNumber(1, 120).optional().describe("Consecutive failures until the probe has failed."),
});

const externalSecret = z.strictObject({
  target: dnsLabel("a Secret's name").describe("Name of the created Secret."),
  store: z
    .strictObject({ kind: z.enum(storeKinds), name: dnsLabel("the store's name") })
    .describe("Secret store to read from."),
  refreshInterval: duration("a time").describe("Refresh interval."),
  data: z
    .array(z.strictObject({ env: z.string(), remoteKey: text("an entry"), property: z.string().optional() }))
    .min(1)
    .describe("Its keys: variable, entry of the store, property of the entry."),
});

/** All keys of a service; `defaults` has all of them but the repository. */
const serviceShape = {
  kind: z.enum(kinds).describe("web serves requests, worker pulls its work, job runs to completion."),
  image: z
    .strictObject({ ...imageRest, fsGroup: imageShape.runAsGroup.describe("Group of mounted volumes (fsGroup).") })
    .describe("The image."),
  port: wholeNumber(1, 65_535).describe("Port the container listens on."),
  command: command.describe("Command instead of the image's own."),
  args: command.describe("Arguments."),
  env: environmentWith("externalSecrets").describe("Environment variables without credentials."),
  existingSecrets: z
    .array(dnsLabel("a Secret's name"))
    .describe("Existing Secrets whose keys become environment variables."),
  externalSecrets: z
    .array(externalSecret)
    .describe("Secrets synced from a secret store, whose keys become environment variables."),
  podAnnotations: annotations.describe("Annotations of its pods; a change restarts them."),
  resources: z
    .strictObject({
      requests: amounts.describe("Resource requests."),
      limits: amounts.describe("Resource limits."),
    })
    .describe("Requests and limits, all four."),
  baseline: z.string().describe("Source of the resource figures; written as an annotation on the workload."),
  replicas: wholeNumber(1, 500).describe("Replicas, if autoscaling is disabled."),
  probes: z
    .strictObject({
      liveness: probe.optional().describe("On failure the container is restarted."),
      readiness: probe.optional().describe("On failure the pod receives no traffic."),
      startup: probe.optional().describe("Until it succeeds, the other two are not run."),
    })
    .describe("Probes of a web service; other kinds have only the probes they set."),
  noProbesReason: z.string().describe("Why a worker has no probes."),
  drainSeconds: wholeNumber(0, 60).describe("Seconds a pod keeps serving after its removal from the Service."),
  terminationGracePeriodSeconds: seconds(600).describe("Termination grace period in seconds, the drain included."),
  service: z.strictObject({ port: wholeNumber(1, 65_535).describe("Port of the Service.") }),
  ingress: z.strictObject({ ...ingressShape, annotations }).describe("Access from outside the cluster."),
  autoscaling: z
    .strictObject({
      enabled: flag().describe("Whether the replicas are autoscaled."),
      minReplicas: wholeNumber(1, 500).describe("Minimum replicas; never zero."),
      maxReplicas: wholeNumber(1, 500).describe("Maximum replicas."),
      cpu: wholeNumber(1, 400).describe("Target CPU utilization, in percent of the request."),
      rps: wholeNumber(0, 100_000).describe("Target requests per second per pod; 0: CPU only."),
      scaleDownWindowSeconds: wholeNumber(0, 3600).describe("Scale-down stabilization window in seconds."),
    })
    .describe("The autoscaler."),
  vpa: z
    .strictObject({
      enabled: flag().describe("Whether recommendations are computed."),
      minAllowed: amounts.describe("Lower bound of recommendations."),
      maxAllowed: amounts.describe("Upper bound of recommendations."),
    })
    .describe("Vertical autoscaling, recommendations only."),
  pdb: z
    .strictObject({
      minAvailable: wholeNumber(1, 499).optional().describe("Pods that must remain available."),
      maxUnavailable: wholeNumber(1, 499).optional().describe("Pods that may be unavailable at the same time."),
    })
    .describe("PodDisruptionBudget; set one of the two."),
  spread: z.strictObject(spreadShape).describe("Topology spread of its pods."),
  networkPolicy: z
    .strictObject({
      enabled: flag().describe("Whether a NetworkPolicy is created."),
      ingress: ingressRules.describe("Who may reach the pods."),
      egress: egressRules.describe("What the pods may reach."),
    })
    .describe("Allowed traffic; everything else is denied."),
  scrape: z
    .strictObject({
      mode: z
        .enum(["annotations", "serviceMonitor", "vmServiceScrape", "off"])
        .describe("How Prometheus or VictoriaMetrics discovers the endpoint."),
      path: httpPath.describe("Path of the metrics endpoint."),
      interval: duration("a time").describe("Scrape interval of a ServiceMonitor or VMServiceScrape."),
    })
    .describe("The metrics."),
  job: z
    .strictObject({
      schedule: z.string().describe("Cron schedule; empty: once after every install and upgrade."),
      activeDeadlineSeconds: seconds(86_400).describe("Deadline in seconds for all attempts together."),
      backoffLimit: wholeNumber(0, 10).describe("Number of retries."),
      ttlSecondsAfterFinished: wholeNumber(0, 604_800).describe("Seconds a finished Job is kept."),
    })
    .describe("Settings of kind job."),
};

/** The same type with every key optional, recursively; lists and scalars are unchanged. */
function loose(type: z.ZodType): z.ZodType {
  if (!(type instanceof z.ZodObject)) return type;
  const shape = Object.entries(type.shape as z.ZodRawShape).map(([key, inner]) => [
    key,
    loose(inner as z.ZodType)
      .optional()
      .describe((inner as z.ZodType).description ?? ""),
  ]);
  return z.strictObject(Object.fromEntries(shape) as z.ZodRawShape);
}

const image = (loose(serviceShape.image) as z.ZodObject)
  .extend({ repository })
  .describe("The image; repository, and a tag or a digest.");
const service = (loose(z.strictObject(serviceShape)) as z.ZodObject).extend({ image });

/** Values of `charts/service`. */
export const serviceChartValues = z.strictObject({
  services: z
    .record(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/), service)
    .describe("The services, by name; omitted keys are taken from defaults."),
  defaults: z.strictObject(serviceShape).describe("Defaults of every service."),
  seccomp: z
    .strictObject({
      type: z.enum(["RuntimeDefault", "Localhost"]).describe("Type of the profile."),
      localhostProfile: z.string().describe("Path below the kubelet's seccomp folder, for Localhost."),
    })
    .describe("Seccomp profile of the containers."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployments."),
  ...helmKeys,
});

/** The values that a stack sets for one service. */
export type ServiceValues = { image: z.output<typeof serviceShape.image> & { repository: string } } & Omit<
  z.output<z.ZodObject<typeof serviceShape>>,
  "image"
>;
