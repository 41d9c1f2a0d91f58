import { defineSystem } from "../define-system";
import { chartValues } from "./chart-values";
import { type ZenConfig, zenConfig } from "./config";
import { definitions } from "./crds/all";
import { storageVersion } from "./crds/custom-resource";
import { saasChartValues } from "./saas-chart-values";
import { watcherChartValues } from "./watcher-chart-values";

/** zen-watcher: turns what happens in the cluster into Observations. */
export const zen = defineSystem<ZenConfig>({
  name: "zen",
  summary: "a watcher turns what happens in the cluster into Observations, by rules that are objects themselves",
  config: zenConfig,
  isEnabled: (config) => config.enabled,
  requires: ({ namespace, release, crds, networkPolicy }) => [
    {
      system: "zen",
      namespace,
      release,
      customResources: definitions.map(({ metadata }) => ({
        name: metadata.name,
        version: storageVersion,
        installed: crds.install,
        by: "hardened:zen.crds.install",
      })),
      namespaces: [{ name: networkPolicy.monitoringNamespace, by: "hardened:zen.networkPolicy.monitoringNamespace" }],
    },
  ],
  charts: { "zen-agent": chartValues, "zen-watcher": watcherChartValues, "zen-saas": saasChartValues },
  component: () => import("./component"),
});
