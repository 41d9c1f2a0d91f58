import type { ReleaseRequirements } from "../../cluster/preflight";
import { defineSystem } from "../define-system";
import { platformChartValues } from "./chart-values";
import { floeConfig, type ResolvedFloe } from "./config";
import { floeCredentials, neededCredentials } from "./credentials";
import { defaultEnvironments } from "./environments";
import { jobsChartValues } from "./jobs-chart-values";
import { resolveFloe } from "./resolve";

function requires(config: ResolvedFloe): ReleaseRequirements[] {
  const { namespace, release, jobsRelease, networkPolicy, postgresql, production } = config;
  const isCluster = postgresql.mode === "cnpg";
  const at = "hardened:floe.postgresql";
  return [
    {
      system: "floe",
      namespace,
      release,
      needs: isCluster
        ? [
            {
              capability: "cloudnative-pg",
              by: `${at}.mode (cnpg)`,
              otherwise: `take another database (${at}.mode: ${production ? "external" : "statefulset or external"})`,
              ...(!production && { without: "the database is a StatefulSet of one pod with one volume" }),
            },
          ]
        : [],
      notes: openPorts(config),
      namespaces: [
        ...networkPolicy.clients.map((name, index) => ({ name, by: `hardened:floe.networkPolicy.clients[${index}]` })),
        ...(isCluster && production ? [{ name: postgresql.operatorNamespace, by: `${at}.operatorNamespace` }] : []),
      ],
    },
    { system: "floe", namespace, release: jobsRelease },
  ];
}

/** Notes about external servers without configured addresses. */
function openPorts({ postgresql, objectStorage }: ResolvedFloe): string[] {
  const open = (at: string, what: string): string =>
    `hardened:floe.${at}.cidrs is empty: pods that use ${what} reach its port at any address; name its addresses there`;
  return [
    ...(postgresql.external?.cidrs.length === 0 ? [open("postgresql.external", "the database")] : []),
    ...(objectStorage.external?.cidrs.length === 0 ? [open("objectStorage.external", "the object store")] : []),
  ];
}

/** Floe: a data platform, and the dbt jobs that run on it. */
export const floe = defineSystem<ResolvedFloe>({
  name: "floe",
  summary:
    "a data platform: Dagster runs dbt as Jobs, with PostgreSQL, object store, Iceberg catalog, traces and lineage",
  config: floeConfig,
  credentials: floeCredentials,
  neededCredentials,
  environments: defaultEnvironments,
  resolve: resolveFloe,
  isEnabled: (config) => config.enabled,
  requires,
  charts: { "floe-platform": platformChartValues, "floe-jobs": jobsChartValues },
  trial: {
    environment: "dev",
    namespace: "floe-trial",
    imageRegistry: "registry.hardened.test",
    postgresql: { storage: "1Gi" },
    objectStorage: { storage: "1Gi" },
  },
  component: () => import("./component"),
});
