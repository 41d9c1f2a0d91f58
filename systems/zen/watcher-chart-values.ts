import { z } from "zod";
import { chartKeys, dnsLabel, flag, helmKeys, image, resources, wholeNumber } from "../schema";
import { annotations, autoscalingShape, refineAutoscaling, scrapeShape, spreadShape } from "../workload-schema";
import { apiServer, policyShape, wordList } from "./chart-schema";

/** Values of `charts/zen-watcher`; its values.schema.json is generated from this type. */

const observed = z.strictObject({
  apiGroups: wordList(
    'an API group such as "apps", or an empty text for the core',
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/,
  )
    .min(1, "expected at least one API group")
    .describe("API groups; an empty text for Kubernetes' core."),
  resources: wordList("a resource in the plural and in lower case, such as events", /^[a-z][a-z0-9]*$/)
    .min(1, "expected at least one resource")
    .describe("Resources, in the plural and in lower case."),
});

/** The parts of the values that a stack's configuration has too. */
export const watcherShape = {
  image: image.describe("The watcher's image."),
  replicaCount: wholeNumber(1, 10).describe("Pods; one of them records, the others stand by."),
  leaderElection: z
    .strictObject({ enabled: flag().describe("false: the one pod records without asking the others.") })
    .describe("Who records where there are several pods."),
  hpa: z
    .strictObject(autoscalingShape)
    .superRefine(refineAutoscaling)
    .describe("Autoscaling of the pods by their CPU; needs leaderElection.enabled."),
  resources: resources.describe("Resources of the watcher."),
  observe: z
    .strictObject({
      resources: z.array(observed).describe("What it may list and watch: ObservationMappings can name nothing else."),
      namespaces: z.array(dnsLabel("a namespace")).describe("Namespaces it looks into; if empty, all."),
    })
    .describe("What it may see of the cluster."),
  metrics: z
    .strictObject({
      ...scrapeShape,
    })
    .describe("Metrics endpoint for Prometheus."),
  networkPolicy: z
    .strictObject({
      ...policyShape,
      apiServer: apiServer(": all that the watcher reaches"),
    })
    .describe("Who reaches the watcher, and what it reaches."),
};

/** Values of `charts/zen-watcher`. */
export const watcherChartValues = z.strictObject({
  enabled: flag().optional().describe("Read by a chart that brings the watcher along."),
  ...watcherShape,
  podAnnotations: annotations.describe("Annotations of the pods: a change restarts them."),
  spread: z.strictObject(spreadShape).describe("Topology spread of the pods."),
  ...chartKeys,
  ...helmKeys,
});
export type WatcherChartValues = z.output<typeof watcherChartValues>;
