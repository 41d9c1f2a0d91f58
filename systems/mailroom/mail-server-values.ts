import type { EgressRules } from "../schema";
import type { MailroomConfig } from "./config";

/** The mail and contacts server for trials, `mailServer: true`: values of `charts/mail-server`. */

const release = "mail-server";
const mailPort = 8080;
const adminPort = 8081;

/** The keys of mailroom's configuration that the server is derived from. */
export type MailServerClient = Pick<MailroomConfig, "namespace"> & {
  readonly image: { readonly repository: string; readonly tag: string };
};

/**
 * Namespace and image of the server: a namespace of its own, as Fastmail is outside of the service's namespace too.
 * Its image is in the same registry as the service's, with the same tag.
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
