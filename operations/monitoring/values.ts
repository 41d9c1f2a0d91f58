import { z } from "zod";
import { helmKeys } from "../../systems/schema";

const topic = (watches: string) => z.boolean().describe(`Watch ${watches}.`);
const label = z.string().regex(/^([a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?)?$/, "expected a label's value");

/** Values of charts/monitoring. */
export const monitoringChartValues = z.strictObject({
  rules: z
    .strictObject({
      autoscaling: topic("horizontal autoscalers, and record what vertical ones recommend"),
      certificates: topic("certificates that end, of cert-manager and of zen's agent"),
      chaos: topic("the outcome of drills"),
      disruption: topic("disruption budgets"),
      "external-secrets": topic("secrets that come from outside of the cluster"),
      "pod-security": topic("pods that break the Pod Security Standard"),
      resources: topic("containers against their limits"),
      sources: topic("that the metrics of every cluster are there"),
    })
    .describe("Topics, each a file of operations/monitoring/rules and a PrometheusRule."),
  ruleLabels: z.record(z.string(), label).describe("Labels by which Prometheus selects its rules."),
  runbookBase: z
    .string()
    .regex(/^(https?:\/\/\S+\/)?$/, "expected an address that ends in /, or nothing")
    .describe("Prefix of each alert's runbook_url, which is a path in this repository."),
  dashboards: z
    .strictObject({
      enabled: z.boolean().describe("Create a ConfigMap for each dashboard."),
      label: z.string().min(1).describe("Label by which Grafana's sidecar finds them."),
      folder: z.string().min(1).describe("Grafana folder for the dashboards."),
    })
    .describe("Dashboards for Grafana's sidecar."),
  customResourceState: z
    .boolean()
    .describe("Create a ConfigMap with kube-state-metrics' configuration for vertical autoscalers."),
  chartDigest: z.string().describe("Digest of the chart's files, written as an annotation."),
  nameOverride: z.string().describe("Part of the names and labels that stands for the app."),
  fullnameOverride: z.string().describe("Full name of the release's objects."),
  ...helmKeys,
});
