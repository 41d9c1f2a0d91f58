import type { ZenConfig } from "./config";
import type { WatcherChartValues } from "./watcher-chart-values";

/** What the configuration of zen means for `charts/zen-watcher`. */

/** The chart's full name: of the Deployment, the Service and the account. */
export function fullName({ fullnameOverride, release }: ZenConfig): string {
  const full = release.includes("zen-watcher") ? release : `${release}-zen-watcher`;
  return (fullnameOverride ?? full).slice(0, 63).replace(/-+$/, "");
}

/** The chart's values, plain and known at preview. */
export const values = (config: ZenConfig) =>
  ({
    image: config.image,
    replicaCount: config.replicaCount,
    resources: config.resources,
    observe: config.observe,
    metrics: config.metrics,
    networkPolicy: { enabled: true, ...config.networkPolicy },
    fullnameOverride: config.fullnameOverride ?? "",
  }) satisfies Partial<WatcherChartValues>;
