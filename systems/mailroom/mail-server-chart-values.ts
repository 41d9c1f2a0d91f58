import { z } from "zod";
import { helmKeys, image, ingressRules, objectName, resources, wholeNumber } from "../schema";

/** Values of `charts/mail-server`; its values.schema.json is generated from this type. */
export const mailServerChartValues = z.strictObject({
  image: image.describe("The server's image; without tag and digest the chart's appVersion."),
  resources: resources.describe("Of the server."),
  existingSecret: objectName("a Secret's name").describe("Secret with the three MAILROOM_ keys: the only account."),
  service: z.strictObject({
    adminNodePort: z
      .union([z.literal(0), wholeNumber(30_000, 32_767)], "expected 0, or a node port from 30000 to 32767")
      .describe("Port of every node that shows the admin page, 0 for none."),
  }),
  networkPolicy: z
    .strictObject({ enabled: z.boolean(), ingress: ingressRules })
    .describe("For namespaces that refuse all traffic: who may reach the server."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployment."),
  nameOverride: objectName("a name").describe("Stands for the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("The whole name of the release's objects."),
  ...helmKeys,
});
