import { z } from "zod";
import { dnsLabel, flag, imageShape } from "../schema";
import { watcherShape } from "./watcher-chart-values";

/** What a user may say about zen: `hardened:zen` in a stack's file. */

const image = z.strictObject({
  ...imageShape,
  repository: imageShape.repository.default("kubezen/zen-watcher").describe("Registry and repository, without tag."),
  tag: imageShape.tag.default("").describe("Version; default: the chart's appVersion."),
  digest: imageShape.digest.default(""),
  pullPolicy: imageShape.pullPolicy.default("IfNotPresent"),
  runAsUser: imageShape.runAsUser.default(10001),
  runAsGroup: imageShape.runAsGroup.default(10001),
});

const observeOf = watcherShape.observe.shape;
const policyOf = watcherShape.networkPolicy.shape;
const metricsOf = watcherShape.metrics.shape;

/** `hardened:zen` in a stack's file. */
export const zenConfig = z
  .strictObject({
    enabled: flag().default(false).describe("Whether this stack runs zen-watcher."),
    namespace: dnsLabel("the namespace").default("zen").describe("Dedicated namespace, created by the stack."),
    release: dnsLabel("the release name", 53).default("zen-watcher").describe("Name of the Helm release."),
    crds: z
      .strictObject({
        install: flag()
          .default(true)
          .describe("false: the kinds are there already, another's, and are used as they are."),
      })
      .prefault({})
      .describe("The kinds of zen, before everything else; they stay when the stack is destroyed."),
    image: image.prefault({}).describe("The watcher's image."),
    replicaCount: watcherShape.replicaCount.default(2),
    resources: watcherShape.resources.default({
      requests: { cpu: "20m", memory: "48Mi" },
      limits: { cpu: "200m", memory: "192Mi" },
    }),
    observe: z
      .strictObject({
        resources: observeOf.resources.default([{ apiGroups: [""], resources: ["events"] }]),
        namespaces: observeOf.namespaces.default([]),
      })
      .prefault({})
      .describe("What it may see of the cluster."),
    metrics: z
      .strictObject({
        scrape: metricsOf.scrape
          .exclude(["auto"], "expected annotations, serviceMonitor, vmServiceScrape or off")
          .default("annotations")
          .describe("How Prometheus or VictoriaMetrics discovers the metrics endpoint."),
        interval: metricsOf.interval.default("30s"),
      })
      .prefault({})
      .describe("Metrics endpoint for Prometheus."),
    networkPolicy: z
      .strictObject({
        monitoringNamespace: policyOf.monitoringNamespace.default("monitoring"),
        apiServer: z
          .strictObject({
            cidrs: policyOf.apiServer.shape.cidrs.default([]),
            ports: policyOf.apiServer.shape.ports.default([443, 6443]),
          })
          .prefault({})
          .describe("The API server, which is no pod: all that the watcher reaches."),
      })
      .prefault({})
      .describe("Who reaches the watcher, and what it reaches; all else is refused."),
    fullnameOverride: dnsLabel("the full name").optional().describe("Full name of the release's objects."),
  })
  .superRefine(({ enabled, networkPolicy, observe }, context) => {
    if (enabled && networkPolicy.apiServer.cidrs.length === 0)
      context.addIssue({
        code: "custom",
        path: ["networkPolicy", "apiServer", "cidrs"],
        message:
          "missing; the watcher reaches nothing but the API server, whose addresses are said by kubectl get endpointslices -n default kubernetes, such as [10.0.0.1/32]",
      });
    for (const [index, { apiGroups, resources }] of observe.resources.entries())
      if (apiGroups.includes("") && resources.includes("secrets"))
        context.addIssue({
          code: "custom",
          path: ["observe", "resources", index, "resources"],
          message: "Secrets are never observed; take them out",
        });
  })
  .describe("zen-watcher: what happens in the cluster, as Observations.");
export type ZenConfig = z.output<typeof zenConfig>;
