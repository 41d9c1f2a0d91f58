import { z } from "zod";
import { chartKeys, dnsLabel, helmKeys, image, objectName, resources } from "../schema";

const server = (what: string) => ({
  image: image.describe("Image of the server; tag defaults to the chart's appVersion."),
  existingSecret: objectName("a Secret's name").describe(`Secret with ${what}.`),
  resources: resources.describe("Resources of the server."),
});
const sqlName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "expected lower-case letters, digits and _");

/** Values of `charts/datastores`; its values.schema.json is generated from this type. */
export const datastoresChartValues = z.strictObject({
  postgresql: z
    .strictObject({
      ...server("POSTGRES_PASSWORD"),
      database: sqlName.describe("The only database."),
      user: sqlName.describe("Role that owns it."),
      storage: z
        .string()
        .regex(/^(\d+(Mi|Gi|Ti))?$/, 'expected a size such as "1Gi", or an empty text')
        .describe("Size of a volume of the default storage class; if empty, data is lost with the pod."),
    })
    .describe("The database."),
  redis: z.strictObject(server("REDIS_PASSWORD")).describe("The queue, in memory."),
  networkPolicy: z
    .strictObject({
      enabled: z.boolean(),
      clients: z.array(dnsLabel("a namespace")).describe("Namespaces whose pods may reach both."),
    })
    .describe("For namespaces with a default-deny NetworkPolicy."),
  ...chartKeys,
  ...helmKeys,
});
