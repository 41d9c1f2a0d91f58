import { z } from "zod";
import { type EgressRules, helmKeys, image, ingressRules, objectName, resources, wholeNumber } from "../schema";
import type { MailroomConfig } from "./config";

/** The mail and contacts server for trials, `mailServer: true`, and what it means for `charts/mail-server`. */

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

const release = "mail-server";
const mailPort = 8080;
const adminPort = 8081;

/** What of mailroom's configuration the server is derived from. */
export type MailServerClient = Pick<MailroomConfig, "namespace"> & {
  readonly image: { readonly repository: string; readonly tag: string };
};

/**
 * Where the server runs: a namespace of its own, as Fastmail is no neighbour of the service either.
 * Its image lies beside the service's, under the same tag.
 */
export function mailServer(client: MailServerClient) {
  const namespace = `${client.namespace.slice(0, 58)}-mail`;
  const repository = client.image.repository.replace(/[^/]+$/, "mail-server");
  return {
    release,
    namespace,
    url: `http://${release}.${namespace}.svc:${mailPort}`,
    image: { repository, tag: client.image.tag, digest: "" },
  };
}

/** Lets the service reach the server. */
export const mailServerEgress = (client: MailServerClient): EgressRules[number] => ({
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": mailServer(client).namespace } },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "mail-server" } },
    },
  ],
  ports: [{ protocol: "TCP", port: mailPort }],
});

/** The chart's values: the service's namespace may reach the mail port, everyone the admin page. */
export const mailServerValues = (
  client: Pick<MailroomConfig, "namespace" | "mailServerNodePort">,
  { repository, tag, digest }: { readonly repository: string; readonly tag: string; readonly digest: string },
  secretName: string,
) => ({
  image: { repository, tag, digest },
  existingSecret: secretName,
  service: { adminNodePort: client.mailServerNodePort },
  networkPolicy: {
    enabled: true,
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": client.namespace } } }],
        ports: [{ protocol: "TCP", port: mailPort }],
      },
      { ports: [{ protocol: "TCP", port: adminPort }] },
    ],
  },
});
