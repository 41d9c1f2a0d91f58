import { z } from "zod";
import { dnsLabel, flag, helmKeys, image, objectName, resources, wholeNumber } from "../../systems/schema";
import { destinations, duration, spreadShape } from "../../systems/workload-schema";

const size = z
  .string('expected a size as text such as "10Gi"')
  .regex(/^\d+(\.\d+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)$/, 'expected a size with a unit, such as "10Gi"')
  .describe("Size; above zero.");
const storageClassName = objectName("the name of a storage class").describe(
  "Storage class; empty: the cluster's default.",
);
const certificateTime = z.string().regex(/^(\d+[hms])+$/, 'expected a time such as "720h"');

/** Values of `charts/stateful-service`; its values.schema.json is generated from this type. */
export const statefulServiceChartValues = z.strictObject({
  image: image.describe("The image; tag defaults to the chart's appVersion."),
  replicas: wholeNumber(1, 100).describe("Replicas, each with its own volume."),
  storage: z.strictObject({ size, storageClassName }).describe("The volume of each pod."),
  archive: z
    .strictObject({
      enabled: flag(),
      size,
      accessModes: z
        .array(z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany", "ReadWriteMany"]))
        .describe("Access mode."),
      storageClassName,
    })
    .describe("A volume that all pods mount."),
  resources: resources.describe("Resources of each pod, the test pod included."),
  spread: z.strictObject(spreadShape).describe("Topology spread of the pods."),
  certificate: z
    .strictObject({
      enabled: flag(),
      served: flag().describe("Assumes that cert-manager is installed, without checking the cluster."),
      caSecret: objectName("a Secret's name").describe("Secret with key and certificate of the CA that signs."),
      duration: certificateTime.describe("Validity period."),
      renewBefore: certificateTime.describe("Time before expiry at which it is renewed; less than duration."),
    })
    .describe("TLS for the Service; requires cert-manager."),
  metrics: z
    .strictObject({
      scrape: z
        .enum(["auto", "annotations", "serviceMonitor", "vmServiceScrape", "off"])
        .describe(
          "How the endpoint is discovered; auto: the operator's kind that the cluster serves, else annotations.",
        ),
      interval: duration("a time").describe("Scrape interval."),
    })
    .describe("The scraped endpoint."),
  quota: z
    .strictObject({
      enabled: flag(),
      hard: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .describe("Hard limit per resource name of Kubernetes; pods, CPU and memory above zero."),
      limitRange: resources
        .safeExtend({ max: resources.shape.limits.describe("Maximum a container may request.") })
        .describe("Default requests and limits of a container."),
    })
    .describe("ResourceQuota and LimitRange for a namespace without them."),
  networkPolicy: z
    .strictObject({
      clients: z.array(dnsLabel("a namespace")).describe("Namespaces whose pods may reach the service."),
      destinations: destinations.describe("What its pods may reach, by name."),
    })
    .describe("Allowed traffic; everything else is denied."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the StatefulSet."),
  nameOverride: objectName("a name").describe("Replaces the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("Full name of the release's objects."),
  ...helmKeys,
});
