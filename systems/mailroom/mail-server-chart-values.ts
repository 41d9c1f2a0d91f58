import { z } from "zod";
import { chartKeys, helmKeys, image, ingressRules, objectName, resources, wholeNumber } from "../schema";

/** Values of `charts/mail-server`; its values.schema.json is generated from this type. */
export const mailServerChartValues = z.strictObject({
  image: image.describe("Image of the server; tag defaults to the chart's appVersion."),
  resources: resources.describe("Resources of the server."),
  existingSecret: objectName("a Secret's name").describe("Secret with the three MAILROOM_ keys: the only account."),
  service: z.strictObject({
    adminNodePort: z
      .union([z.literal(0), wholeNumber(30_000, 32_767)], "expected 0, or a node port from 30000 to 32767")
      .describe("Node port of the admin page; 0 disables it."),
  }),
  networkPolicy: z
    .strictObject({ enabled: z.boolean(), ingress: ingressRules })
    .describe("For namespaces with a default-deny NetworkPolicy: who may reach the server."),
  ...chartKeys,
  ...helmKeys,
});
