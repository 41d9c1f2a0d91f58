import { z } from "zod";
import { dnsLabel, helmKeys, objectName } from "../schema";

/** Keys that both charts of floe have. */

/** Logical environment: a label's value. */
export const environmentName = z
  .strictObject({
    environment: z
      .union([z.literal(""), dnsLabel("the environment", 40)])
      .describe("Logical environment, as the label floe.dev/environment of every object; required."),
  })
  .describe("Shared by all parts.");

export const artifactsText = z.string().describe("Compiled artifacts as JSON text; at most 1 MB.");

export const volumeSize = z
  .string()
  .regex(/^[1-9]\d*(Mi|Gi|Ti)$/, 'expected a size such as "10Gi"')
  .describe("Size of a volume.");

export const storageClass = objectName("a StorageClass").describe(
  "StorageClass of the volume; default: the cluster's default.",
);

export const chartKeys = {
  chartDigest: z.string().describe("Digest of the chart's files, written on the workloads."),
  nameOverride: objectName("a name").describe("Replaces the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("Full name of the release's objects."),
  hardened: helmKeys.hardened,
};
