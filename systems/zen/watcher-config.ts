import { z } from "zod";
import { dnsLabel, flag, imageShape } from "../schema";
import { watcherShape } from "./watcher-chart-values";

/** `watcher` of `hardened:zen`: configuration of zen-watcher. Defaults are the profile's. */

/** Keys of the image of agent or watcher. */
export const zenImage = (repository: string) =>
  z
    .strictObject({
      ...imageShape,
      repository: imageShape.repository.default(repository).describe("Registry and repository, without tag."),
      tag: imageShape.tag.default("").describe("Version; default: the chart's appVersion."),
      digest: imageShape.digest.default(""),
      pullPolicy: imageShape.pullPolicy.default("IfNotPresent"),
      runAsUser: imageShape.runAsUser.default(10001),
      runAsGroup: imageShape.runAsGroup.default(10001),
    })
    .prefault({})
    .describe("The image.");

const { observe, metrics, networkPolicy, hpa, leaderElection } = watcherShape;

/** Keys of the network policy of agent or watcher. `apiServer`: description of the API server's role. */
export const policyConfig = (
  shape: Pick<typeof networkPolicy.shape, "monitoringNamespace" | "apiServer">,
  apiServer: string,
) => ({
  enabled: flag().optional().describe("Whether there is a policy. Default: by profile."),
  monitoringNamespace: shape.monitoringNamespace.default("monitoring"),
  apiServer: z
    .strictObject({
      cidrs: shape.apiServer.shape.cidrs.default([]).describe("Its addresses; if empty, those the cluster says."),
      ports: shape.apiServer.shape.ports.default([443, 6443]),
    })
    .prefault({})
    .describe(apiServer),
});

export const watcherConfig = z
  .strictObject({
    enabled: flag().default(true).describe("Whether there is a watcher."),
    release: dnsLabel("the release name", 53)
      .default("zen-watcher")
      .describe("Name of its Helm release where agent.enabled is false; else it is part of the agent's."),
    image: zenImage("kubezen/zen-watcher"),
    replicaCount: watcherShape.replicaCount.optional().describe("Pods, one of which records. Default: by profile."),
    leaderElection: z
      .strictObject({ enabled: leaderElection.shape.enabled.default(true) })
      .prefault({})
      .describe("Who records where there are several pods."),
    hpa: z
      .strictObject({
        enabled: hpa.shape.enabled.default(false),
        minReplicas: hpa.shape.minReplicas.default(2),
        maxReplicas: hpa.shape.maxReplicas.default(4),
        targetCPUUtilizationPercentage: hpa.shape.targetCPUUtilizationPercentage.default(80),
        scaleDownWindowSeconds: hpa.shape.scaleDownWindowSeconds.default(300),
      })
      .prefault({})
      .describe("Autoscaling of the pods by their CPU; needs leaderElection.enabled."),
    resources: watcherShape.resources.optional().describe("Resources of the watcher. Default: by profile."),
    observe: z
      .strictObject({
        resources: observe.shape.resources.default([{ apiGroups: [""], resources: ["events"] }]),
        namespaces: observe.shape.namespaces.default([]),
      })
      .prefault({})
      .describe("What it may see of the cluster."),
    metrics: z
      .strictObject({
        scrape: metrics.shape.scrape
          .exclude(["auto"], "expected annotations, serviceMonitor, vmServiceScrape or off")
          .default("annotations")
          .describe("How Prometheus or VictoriaMetrics discovers the metrics endpoint."),
        interval: metrics.shape.interval.default("30s"),
      })
      .prefault({})
      .describe("Metrics endpoint for Prometheus."),
    networkPolicy: z
      .strictObject({
        ...policyConfig(networkPolicy.shape, "The API server, which is no pod: all that the watcher reaches."),
      })
      .prefault({})
      .describe("Who reaches the watcher, and what it reaches."),
    fullnameOverride: dnsLabel("the full name").optional().describe("Full name of the watcher's objects."),
  })
  .superRefine((config, context) => {
    const complain = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    for (const [index, { apiGroups, resources }] of config.observe.resources.entries())
      if (apiGroups.includes("") && resources.includes("secrets"))
        complain(["observe", "resources", index, "resources"], "Secrets are never observed; take them out");
    if (config.hpa.enabled && config.hpa.minReplicas > config.hpa.maxReplicas)
      complain(
        ["hpa", "minReplicas"],
        `${config.hpa.minReplicas} is above maxReplicas, ${config.hpa.maxReplicas}; raise the most or lower the least`,
      );
    if (config.leaderElection.enabled) return;
    const every = "every pod would record each Observation; set leaderElection.enabled to true";
    if (config.hpa.enabled)
      complain(["hpa", "enabled"], `is true and leaderElection.enabled is false: ${every}, or hpa.enabled to false`);
    else if ((config.replicaCount ?? 1) > 1)
      complain(
        ["replicaCount"],
        `is ${config.replicaCount} and leaderElection.enabled is false: ${every}, or replicaCount to 1`,
      );
  })
  .prefault({})
  .describe("zen-watcher: what happens in the cluster, as Observations.");
export type WatcherConfig = z.output<typeof watcherConfig>;
