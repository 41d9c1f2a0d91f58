import type { ReleaseRequirements } from "../../cluster/preflight";
import { externalRequirements } from "../../cluster/secret-stores";
import { defineSystem } from "../define-system";
import { chartValues } from "./chart-values";
import { type TrevorConfig, trevorConfig } from "./config";
import { secretKeys, trevorCredentials } from "./credentials";
import { datastoresChartValues } from "./datastores-chart-values";
import { datastores } from "./datastores-values";
import { namedNamespaces } from "./destinations";
import { resolveTrevor } from "./resolve";

function requires(config: TrevorConfig): ReleaseRequirements[] {
  const { credentials, networkPolicy, ingress, namespace, release } = config;
  const at = "hardened:trevor";
  const servers = datastores(config);
  return [
    {
      system: "trevor",
      namespace,
      release,
      existingSecret: credentials.from === "existing" ? { name: credentials.secretName, keys: secretKeys } : undefined,
      ...(credentials.from === "external" && externalRequirements(`${at}.credentials`, credentials)),
      otherSecrets: config.envFromSecrets.map(({ secretName }, index) => ({
        name: secretName,
        by: `${at}.envFromSecrets[${index}]`,
      })),
      namespaces: [
        ...(ingress.enabled
          ? [{ name: networkPolicy.ingressNamespace, by: `${at}.networkPolicy.ingressNamespace` }]
          : []),
        { name: networkPolicy.monitoringNamespace, by: `${at}.networkPolicy.monitoringNamespace` },
        ...namedNamespaces(config),
      ],
    },
    ...(config.datastores ? [{ system: "datastores", namespace: servers.namespace, release: servers.release }] : []),
  ];
}

/** Trevor: an API with a worker and database migrations. */
export const trevor = defineSystem<TrevorConfig>({
  name: "trevor",
  summary: "an API and a worker on PostgreSQL and Redis, the database migrated before new pods start",
  config: trevorConfig,
  credentials: trevorCredentials,
  resolve: resolveTrevor,
  isEnabled: (config) => config.enabled,
  requires,
  charts: { trevor: chartValues, datastores: datastoresChartValues },
  component: () => import("./component"),
});
