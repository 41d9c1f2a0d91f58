import { z } from "zod";
import { dnsEgress } from "../../components/dns-egress";
import { runOncePod } from "../hardened-pod";
import {
  type EgressRules,
  egressRules,
  flag,
  helmKeys,
  type Image,
  image,
  objectName,
  resources,
  wholeNumber,
} from "../schema";
import { type Annotations, annotations } from "../workload-schema";
import type { MailroomConfig } from "./config";
import { mailServer, mailServerEgress } from "./mail-server";
import { type Settings, settings } from "./settings";

/** What mailroom's configuration means for `charts/mailroom`, and for the setup that runs before it. */

/** Values of `charts/mailroom`; its values.schema.json is generated from this type. */
export const chartValues = z.strictObject({
  image: image.describe("The service's image."),
  replicaCount: wholeNumber(0, 1).describe("1 runs the service, 0 pauses it; a second copy would sort the same mail."),
  resources: resources.describe("Of the service and of the setup Job."),
  setup: z.strictObject({
    apply: flag().describe("true creates missing mailboxes and contact groups, false only checks."),
    mode: z
      .enum(["hook", "external"])
      .describe("hook: a Job runs before every install and upgrade. external: something else has done it."),
  }),
  config: settings.describe("The service's own configuration; unused with existingConfigMap."),
  secrets: z
    .strictObject({
      jmap_token: z.string().describe("API token for mail."),
      carddav_username: z.string().describe("Address of the account."),
      carddav_password: z.string().describe("App password for contacts."),
    })
    .describe("From secrets-values.yaml, never from a committed file; empty with existingSecret."),
  existingSecret: objectName("a Secret's name").describe("Secret with the three MAILROOM_ keys, instead of secrets."),
  existingConfigMap: objectName("a ConfigMap's name").describe(
    "ConfigMap with the key config.yaml, instead of config.",
  ),
  podAnnotations: annotations.describe("Annotations of the service's pod: a changed one restarts it."),
  namespace: z.strictObject({
    create: flag().describe("true only for `helm template | kubectl apply`."),
    podSecurity: z.strictObject({
      level: z.literal("restricted").describe("Pod Security Standard of the namespace; no lower one is enough."),
      version: z
        .string()
        .regex(/^(latest|v1\.\d{1,2})$/)
        .describe("Version that is enforced: latest, or such as v1.36."),
    }),
  }),
  networkPolicy: z
    .strictObject({ enabled: flag(), egress: egressRules })
    .describe("For namespaces that refuse all traffic: what the service and the setup Job may reach."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployment."),
  nameOverride: objectName("a name").describe("Stands for the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("The whole name of the release's objects."),
  ...helmKeys,
});
type ChartValues = z.output<typeof chartValues>;

/** Names of what was made before the release. */
export interface Names {
  readonly secretName: string;
  readonly configMapName: string;
}

/** A tag that moves is pulled every time; one that does not is pulled once. */
function pinnedImage({ pullPolicy, ...named }: MailroomConfig["image"]): Image {
  const moving = named.digest === "" && (named.tag === "" || named.tag === "latest");
  return { ...named, pullPolicy: pullPolicy ?? (moving ? "Always" : "IfNotPresent") };
}

/** The service's configuration file. */
export function configFile(config: MailroomConfig): Settings {
  if (!config.mailServer) return config.config;
  const { url } = mailServer(config);
  return { ...config.config, fastmail: { jmap_url: `${url}/jmap/session`, carddav_url: `${url}/` } };
}

/** Addresses that are never a mail provider's: private networks, and the cloud's own metadata. */
const inside = {
  v4: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  v6: ["fc00::/7", "fe80::/10"],
};
const internet: EgressRules[number] = {
  to: [{ ipBlock: { cidr: "0.0.0.0/0", except: inside.v4 } }, { ipBlock: { cidr: "::/0", except: inside.v6 } }],
  ports: [{ protocol: "TCP", port: 443 }],
};

/** What the service and the setup may reach: names, and the mail server. */
export const egress = (config: MailroomConfig): EgressRules => [
  dnsEgress,
  config.mailServer ? mailServerEgress(config) : internet,
];

/** The chart's values when Pulumi made the Secret and the ConfigMap and ran the setup; plain and known at preview (MR-51, MR-52). */
export function values(config: MailroomConfig, { secretName, configMapName }: Names, podAnnotations: Annotations = {}) {
  return {
    image: pinnedImage(config.image),
    replicaCount: config.replicaCount,
    resources: config.resources,
    setup: { apply: config.setup.apply, mode: "external" },
    existingSecret: secretName,
    existingConfigMap: configMapName,
    ...(Object.keys(podAnnotations).length > 0 && { podAnnotations }),
    networkPolicy: { enabled: true, egress: egress(config) },
    nameOverride: config.nameOverride ?? "",
    fullnameOverride: config.fullnameOverride ?? "",
  } satisfies Partial<ChartValues>;
}

/** Pod of the setup Job, equal to the one of the chart's own hook (MR-39, MR-43). */
export const setupPod = (config: MailroomConfig, { secretName, configMapName }: Names) =>
  runOncePod({
    name: "setup",
    image: pinnedImage(config.image),
    resources: config.resources,
    command: ["mailroom", "setup"],
    args: config.setup.apply ? ["--apply"] : [],
    env: { MAILROOM_CONFIG: "/app/config.yaml" },
    secrets: [secretName],
    mounts: [{ name: "config", mountPath: "/app/config.yaml", subPath: "config.yaml", readOnly: true }],
    volumes: [{ name: "config", configMap: { name: configMapName } }],
    tmpSizeLimit: "64Mi",
  });
