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
  command: command.optional().describe("Command that ends with 0, instead of asking over HTTP."),
  periodSeconds: seconds(300).optional().describe("Seconds between two probes."),
  timeoutSeconds: seconds(60).optional().describe("Seconds an answer may take."),
  failureThreshold: wholeNumber(1, 120).optional().describe("Failures in a row that count."),
});

const externalSecret = z.strictObject({
  target: dnsLabel("a Secret's name").describe("Secret that is made."),
  store: z
    .strictObject({ kind: z.enum(storeKinds), name: dnsLabel("the store's name") })
    .describe("Where it comes from."),
  refreshInterval: duration("a time").describe("How often the store is asked."),
  data: z
    .array(z.strictObject({ env: z.string(), remoteKey: text("an entry"), property: z.string().optional() }))
    .min(1)
    .describe("Its keys: variable, entry of the store, property of the entry."),
});

/** Everything a service has; `defaults` has all of it but the repository. */
const serviceShape = {
  kind: z.enum(kinds).describe("web answers requests, worker takes its work from elsewhere, job runs to its end."),
  image: z
    .strictObject({ ...imageRest, fsGroup: imageShape.runAsGroup.describe("Group of mounted files.") })
    .describe("The image."),
  port: wholeNumber(1, 65_535).describe("Port the container listens on."),
  command: command.describe("Command instead of the image's own."),
  args: command.describe("Arguments."),
  env: environmentWith("externalSecrets").describe("Plain variables, never a credential."),
  existingSecrets: z
    .array(dnsLabel("a Secret's name"))
    .describe("Secrets someone else keeps, whose keys become variables."),
  externalSecrets: z.array(externalSecret).describe("Secrets made from a store, whose keys become variables."),
  podAnnotations: annotations.describe("Annotations of its pods: a changed one restarts them."),
  resources: z
    .strictObject({
      requests: amounts.describe("What the scheduler sets aside."),
      limits: amounts.describe("What the container may use at most."),
    })
    .describe("Requests and limits, all four."),
  baseline: z.string().describe("Where the figures of resources come from; written on the workload."),
  replicas: wholeNumber(1, 500).describe("Pods, while autoscaling is off."),
  probes: z
    .strictObject({
      liveness: probe.optional().describe("When it fails the container is restarted."),
      readiness: probe.optional().describe("While it fails the pod gets no traffic."),
      startup: probe.optional().describe("Until it succeeds the other two do not count."),
    })
    .describe("Asked of a web service; of others only what they name."),
  noProbesReason: z.string().describe("Why a worker has no probes."),
  drainSeconds: wholeNumber(0, 60).describe("Seconds a pod serves on after it was taken out of its Service."),
  terminationGracePeriodSeconds: seconds(600).describe("Seconds a pod gets to end, the former included."),
  service: z.strictObject({ port: wholeNumber(1, 65_535).describe("Port of the Service.") }),
  ingress: z.strictObject({ ...ingressShape, annotations }).describe("How it is reached from outside of the cluster."),
  autoscaling: z
    .strictObject({
      enabled: flag().describe("Whether the number of pods follows their load."),
      minReplicas: wholeNumber(1, 500).describe("Least pods; never zero."),
      maxReplicas: wholeNumber(1, 500).describe("Most pods."),
      cpu: wholeNumber(1, 400).describe("CPU use to aim at, in percent of the request."),
      rps: wholeNumber(0, 100_000).describe("Requests a second each pod shall get, 0 for CPU alone."),
      scaleDownWindowSeconds: wholeNumber(0, 3600).describe("Seconds of low load before it shrinks."),
    })
    .describe("The autoscaler."),
  vpa: z
    .strictObject({
      enabled: flag().describe("Whether requests are recommended."),
      minAllowed: amounts.describe("Least it recommends."),
      maxAllowed: amounts.describe("Most it recommends."),
    })
    .describe("Recommended requests; none is changed."),
  pdb: z
    .strictObject({
      minAvailable: wholeNumber(1, 499).optional().describe("Pods that must stay."),
      maxUnavailable: wholeNumber(1, 499).optional().describe("Pods that may go at a time."),
    })
    .describe("How many pods may be evicted at a time; choose one."),
  spread: z.strictObject(spreadShape).describe("Where its pods may stand together."),
  networkPolicy: z
    .strictObject({
      enabled: flag().describe("Whether there is a policy."),
      ingress: ingressRules.describe("Who may reach the pods."),
      egress: egressRules.describe("Whom the pods may reach."),
    })
    .describe("Everything else is refused."),
  scrape: z
    .strictObject({
      mode: z
        .enum(["annotations", "serviceMonitor", "vmServiceScrape", "off"])
        .describe("How Prometheus or VictoriaMetrics is told."),
      path: httpPath.describe("Where the metrics are."),
      interval: duration("a time").describe("Between two scrapes of a ServiceMonitor or VMServiceScrape."),
    })
    .describe("The metrics."),
  job: z
    .strictObject({
      schedule: z.string().describe("When it runs; empty: once after every install and upgrade."),
      activeDeadlineSeconds: seconds(86_400).describe("Seconds for all tries together."),
      backoffLimit: wholeNumber(0, 10).describe("Tries after the first one."),
      ttlSecondsAfterFinished: wholeNumber(0, 604_800).describe("Seconds a finished Job is kept."),
    })
    .describe("For kind job."),
};

/** The same type with every key optional, all the way down; lists and single values stay whole. */
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
    .describe("The services, by name; what is left out is taken from defaults."),
  defaults: z.strictObject(serviceShape).describe("What holds for every service that does not say otherwise."),
  seccomp: z
    .strictObject({
      type: z.enum(["RuntimeDefault", "Localhost"]).describe("Which profile."),
      localhostProfile: z.string().describe("Path below the kubelet's seccomp folder, for Localhost."),
    })
    .describe("System calls the containers may make."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployments."),
  ...helmKeys,
});

/** What of the values a stack gives for one service. */
export type ServiceValues = { image: z.output<typeof serviceShape.image> & { repository: string } } & Omit<
  z.output<z.ZodObject<typeof serviceShape>>,
  "image"
>;
