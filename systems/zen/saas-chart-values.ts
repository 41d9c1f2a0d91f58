import { z } from "zod";
import { chartKeys, dnsLabel, flag, helmKeys, image, objectName, resources, wholeNumber } from "../schema";
import { cidrs } from "./chart-schema";

const secret = objectName("a Secret's name");
/** As the agent's chart takes it: a word that stands in a header. */
const identity = (what: string) =>
  z
    .string()
    .regex(/^([A-Za-z0-9]([-._A-Za-z0-9]{0,126}[A-Za-z0-9])?)?$/, `expected ${what}: letters, digits, -, _ and .`);

/** Values of `charts/zen-saas`; its values.schema.json is generated from this type. */
export const saasChartValues = z.strictObject({
  image: image.describe("Image of the stand-in; tag defaults to the chart's appVersion."),
  resources: resources.describe("Resources of the stand-in."),
  existingSecret: secret.describe("Secret with the agent's bootstrap token; required."),
  existingSecretKey: z
    .string()
    .regex(/^[-._a-zA-Z0-9]+$/, "expected a key")
    .describe("Key of the token."),
  tenant: z.strictObject({ id: identity("a tenant's id").describe("Required.") }).describe("Whom it serves."),
  cluster: z
    .strictObject({ id: identity("a cluster's id").describe("Required.") })
    .describe("Which cluster it serves."),
  tls: z
    .strictObject({
      existingSecret: secret.describe("Secret with tls.crt, tls.key and ca.crt: mutual TLS; if empty, plain HTTP."),
      responderSecret: secret.describe(
        "Secret with tls.crt and tls.key of an OCSP responder; if empty, nothing is stapled.",
      ),
    })
    .describe("Mutual TLS with the agents."),
  service: z.strictObject({
    adminNodePort: z
      .union([z.literal(0), wholeNumber(30_000, 32_767)], "expected 0, or a node port from 30000 to 32767")
      .describe("Node port of the admin page; 0 disables it."),
  }),
  git: z
    .strictObject({
      enabled: flag().describe("Whether there is a repository."),
      image: image.describe("Image of the git server; tag defaults to the chart's appVersion."),
      resources: resources.describe("Resources of the git server."),
      existingSecret: secret.describe("Secret with username and password; required when enabled."),
      tlsSecret: secret.describe("Secret with tls.crt and tls.key: HTTPS; if empty, plain HTTP."),
    })
    .describe("A git repository that the agent commits to."),
  networkPolicy: z
    .strictObject({
      enabled: flag().describe("Whether there are policies; for namespaces that refuse all traffic."),
      agentNamespaces: z.array(dnsLabel("a namespace")).describe("Namespaces whose agents may reach it."),
      adminCIDRs: cidrs("networks such as 172.18.0.0/16").describe(
        "Networks of the nodes and of who calls them, which reach the admin page by its node port; required with it.",
      ),
    })
    .describe("Who may reach it; the admin page nobody but by its node port."),
  ...chartKeys,
  ...helmKeys,
});
export type SaasChartValues = z.output<typeof saasChartValues>;
