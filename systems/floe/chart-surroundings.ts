import { z } from "zod";
import { storeKinds } from "../../cluster/secret-stores";
import { dnsLabel, flag, resources } from "../schema";
import { ingressShape, refineIngress } from "../workload-schema";

/** Values of `charts/floe-platform` besides its pods: ingress, quota of the namespace, and source of the Secrets. */

const ingress = z
  .strictObject(ingressShape)
  .superRefine(refineIngress)
  .describe("Dagster's web page from outside the cluster; it has no authentication of its own.");

const resourceQuota = z
  .strictObject({
    enabled: flag().describe("Whether the chart brings both; a stack's namespace has its own."),
    hard: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .describe("Hard limit per resource name of Kubernetes; pods, CPU and memory not below what the pods ask for."),
    limitRange: resources.describe("Default requests and limits of a container that names none."),
  })
  .describe("ResourceQuota and LimitRange, for a namespace without them.");

const externalSecrets = z
  .strictObject({
    enabled: flag().describe("Whether the operator makes the Secrets that the values name; false: they exist already."),
    store: z
      .strictObject({
        kind: z
          .enum(storeKinds, `expected ${storeKinds.join(" or ")}`)
          .describe("Kind of the store: cluster-wide, or of the namespace."),
        name: z.union([z.literal(""), dnsLabel("the store's name")]).describe("Name of the store."),
      })
      .describe("Where the passwords are."),
    prefix: z.string().describe("What stands before a Secret's name in the key of its entry."),
    refreshInterval: z
      .string()
      .regex(/^[1-9]\d*[smh]$/, 'expected a duration such as "1h"')
      .describe("Refresh interval."),
  })
  .describe("Secrets from a store, by the External Secrets Operator.");

export const surroundings = { ingress, resourceQuota, externalSecrets };
