import { z } from "zod";
import { dnsLabel, flag, helmKeys, image, objectName, resources, wholeNumber } from "../schema";
import { annotations, scrapeShape, spreadShape } from "../workload-schema";

/** Values of `charts/zen-watcher`; its values.schema.json is generated from this type. */

const words = (what: string, pattern: RegExp) => z.array(z.string().regex(pattern, `expected ${what}`));

const observed = z.strictObject({
  apiGroups: words('an API group such as "apps", or an empty text for the core', /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
    .min(1, "expected at least one API group")
    .describe("API groups; an empty text for Kubernetes' core."),
  resources: words("a resource in the plural and in lower case, such as events", /^[a-z][a-z0-9]*$/)
    .min(1, "expected at least one resource")
    .describe("Resources, in the plural and in lower case."),
});

/** The parts of the values that a stack's configuration takes over one by one. */
export const chartShape = {
  image: image.describe("The watcher's image."),
  replicaCount: wholeNumber(1, 10).describe("Pods; one of them records, the others stand by."),
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
      enabled: flag().describe("Whether there is a policy; for namespaces that refuse all traffic."),
      monitoringNamespace: dnsLabel("the namespace").describe("Namespace of Prometheus."),
      apiServer: z
        .strictObject({
          cidrs: words(
            "addresses of the API server such as 10.0.0.1/32; kubectl get endpointslices -n default kubernetes prints them",
            /^[0-9a-f.:]+\/\d{1,3}$/,
          ).describe("Its addresses; required when enabled."),
          ports: z.array(wholeNumber(1, 65_535)).min(1, "expected at least one port").describe("Its ports."),
        })
        .describe("The API server, which is no pod: all that the watcher reaches."),
    })
    .describe("Who reaches the watcher, and what it reaches."),
};

/** Values of `charts/zen-watcher`. */
export const chartValues = z.strictObject({
  ...chartShape,
  podAnnotations: annotations.describe("Annotations of the pods: a change restarts them."),
  spread: z.strictObject(spreadShape).describe("Topology spread of the pods."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployment."),
  nameOverride: objectName("a name").describe("Replaces the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("Full name of the release's objects."),
  ...helmKeys,
});
export type ChartValues = z.output<typeof chartValues>;
