import { z } from "zod";
import { dnsLabel, flag, helmKeys, image, objectName, resources, wholeNumber } from "../../systems/schema";
import { destinations, duration, spreadShape } from "../../systems/workload-schema";

const size = z
  .string('expected a size as text such as "10Gi"')
  .regex(/^\d+(\.\d+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)$/, 'expected a size with a unit, such as "10Gi"')
  .describe("How much it holds; above zero.");
const storageClassName = objectName("the name of a storage class").describe(
  "Who makes it; empty: the cluster's default.",
);
const certificateTime = z.string().regex(/^(\d+[hms])+$/, 'expected a time such as "720h"');

/** Values of `charts/stateful-service`; its values.schema.json is generated from this type. */
export const statefulServiceChartValues = z.strictObject({
  image: image.describe("The image; without tag and digest the chart's appVersion."),
  replicas: wholeNumber(1, 100).describe("Pods, each with a volume of its own."),
  storage: z.strictObject({ size, storageClassName }).describe("The volume of each pod."),
  archive: z
    .strictObject({
      enabled: flag(),
      size,
      accessModes: z
        .array(z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany", "ReadWriteMany"]))
        .describe("From how many nodes it is mounted."),
      storageClassName,
    })
    .describe("A volume that all pods mount."),
  resources: resources.describe("Of each pod, and of that of the test."),
  spread: z.strictObject(spreadShape).describe("Where pods may stand together."),
  certificate: z
    .strictObject({
      enabled: flag(),
      served: flag().describe("Whether cert-manager is there without asking the cluster."),
      caSecret: objectName("a Secret's name").describe("Secret with key and certificate of the CA that signs."),
      duration: certificateTime.describe("How long it is good for."),
      renewBefore: certificateTime.describe("How long before its end it is renewed; less than duration."),
    })
    .describe("TLS for the Service; needs cert-manager."),
  metrics: z
    .strictObject({
      scrape: z
        .enum(["auto", "annotations", "serviceMonitor", "vmServiceScrape", "off"])
        .describe("How they are found; auto: the operator's kind that the cluster knows, else annotations."),
      interval: duration("a time").describe("Between two scrapes."),
    })
    .describe("What is scraped."),
  quota: z
    .strictObject({
      enabled: flag(),
      hard: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .describe("The most of each, as Kubernetes names it; of pods, CPU and memory above zero."),
      limitRange: resources
        .safeExtend({ max: resources.shape.limits.describe("The most a container may name.") })
        .describe("What a container gets that names no requests or limits."),
    })
    .describe("For a namespace that has no quota and no limits yet."),
  networkPolicy: z
    .strictObject({
      clients: z.array(dnsLabel("a namespace")).describe("Namespaces whose pods may reach the service."),
      destinations: destinations.describe("What its pods reach, by name."),
    })
    .describe("Everything else is refused."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the StatefulSet."),
  nameOverride: objectName("a name").describe("Stands for the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("The whole name of the release's objects."),
  ...helmKeys,
});
