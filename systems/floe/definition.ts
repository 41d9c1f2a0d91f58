import type { ReleaseRequirements } from "../../cluster/preflight";
import { defineSystem } from "../define-system";
import { platformChartValues } from "./chart-values";
import { floeConfig, type ResolvedFloe } from "./config";
import { defaultEnvironments } from "./environments";
import { jobsChartValues } from "./jobs-chart-values";
import { resolveFloe } from "./resolve";

function requires({ namespace, release, jobsRelease, networkPolicy }: ResolvedFloe): ReleaseRequirements[] {
  return [
    {
      system: "floe",
      namespace,
      release,
      namespaces: networkPolicy.clients.map((name, index) => ({
        name,
        by: `hardened:floe.networkPolicy.clients[${index}]`,
      })),
    },
    { system: "floe", namespace, release: jobsRelease },
  ];
}

/** Floe: a data platform, and the dbt jobs that run on it. */
export const floe = defineSystem<ResolvedFloe>({
  name: "floe",
  summary:
    "a data platform: Dagster runs dbt as Jobs, with PostgreSQL, object store, Iceberg catalog, traces and lineage",
  config: floeConfig,
  environments: defaultEnvironments,
  resolve: resolveFloe,
  isEnabled: (config) => config.enabled,
  requires,
  charts: { "floe-platform": platformChartValues, "floe-jobs": jobsChartValues },
  component: () => import("./component"),
});
