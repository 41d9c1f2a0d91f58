import { dnsEgress } from "../../components/dns-egress";
import { egressRules } from "../destinations";
import { runOncePod } from "../hardened-pod";
import type { EgressRules, Image } from "../schema";
import type { Annotations } from "../workload-schema";
import type { ChartValues } from "./chart-values";
import type { MailroomConfig } from "./config";
import { destinationsOf } from "./destinations";
import { mailServer, mailServerEgress } from "./mail-server-values";
import type { Settings } from "./service-config";

/** Maps mailroom's configuration to values of `charts/mailroom`, and to the setup Job that runs before it. */

/** Names of the objects that are created before the release. */
export interface Names {
  readonly secretName: string;
  readonly configMapName: string;
}

/** A mutable tag is always pulled; an immutable one is pulled once. */
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

/** Egress of the service and the setup: DNS, the servers for mail and contacts, and what the configuration adds. */
export const egress = (config: MailroomConfig): EgressRules => [
  dnsEgress,
  ...(config.mailServer ? [mailServerEgress(config)] : []),
  ...egressRules(destinationsOf(config)),
];

/** The chart's values when Pulumi made the Secret and the ConfigMap and ran the setup; plain and known at preview. */
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

/** Pod of the setup Job, equal to the one of the chart's own hook. */
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
