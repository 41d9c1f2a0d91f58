import type { Resolved } from "../../config/stack-schema";
import type { Profile } from "../../policy/rules/rule";
import type { FloeConfig, ResolvedFloe } from "./config";
import { defaultEnvironments, environmentOf } from "./environments";

/** The configuration with its namespace and defaults, and environment-specific errors: the chart's own servers are not for production data. */
export function resolveFloe(config: FloeConfig, profile: Profile): Resolved<ResolvedFloe> {
  const own = environmentOf(config.environment, defaultEnvironments);
  const namespace = config.namespace ?? (typeof own === "string" ? `floe-${config.environment}` : own.namespace);
  const production = profile === "prod";
  const { postgresql, polaris } = config;
  const value: ResolvedFloe = {
    ...config,
    namespace,
    production,
    postgresql: { ...postgresql, instances: postgresql.instances ?? (production ? 3 : 1) },
    polaris: { ...polaris, replicas: polaris.replicas ?? (production ? 2 : 1) },
  };
  if (!config.enabled) return { value, mistakes: [] };
  const mistakes: string[] = [];
  if (typeof own === "string") mistakes.push(`environment: ${own}`);
  mistakes.push(...storeMistakes(value, profile), ...catalogMistakes(value));
  if (production) mistakes.push(...databaseMistakes(value));
  return { value, mistakes };
}

function storeMistakes({ objectStorage, production }: ResolvedFloe, profile: Profile): string[] {
  const mistakes: string[] = [];
  if (production && objectStorage.mode === "minio")
    mistakes.push(
      "objectStorage.mode: the object store of the chart is one pod with one volume, for development; production takes external, or none",
    );
  if (profile !== "dev" && objectStorage.external?.endpoint.startsWith("http:"))
    mistakes.push(
      `objectStorage.external.endpoint: objects and signatures would cross the network without TLS; ${profile} needs https://`,
    );
  return mistakes;
}

function catalogMistakes({ polaris, objectStorage, production }: ResolvedFloe): string[] {
  const mistakes: string[] = [];
  if (!polaris.enabled) return mistakes;
  if (objectStorage.mode === "none")
    mistakes.push("polaris.enabled: the catalog needs an object store; set objectStorage.mode to external or minio");
  if (polaris.persistence === "database") return mistakes;
  if (production)
    mistakes.push("polaris.persistence: a catalog in memory is lost with its pod; production needs database");
  else if (polaris.replicas > 1)
    mistakes.push(
      `polaris.replicas: with persistence in-memory each of the ${polaris.replicas} pods would have a catalog of its own; set 1, or persistence database`,
    );
  return mistakes;
}

/** Errors of the database in production. */
function databaseMistakes({ postgresql: { mode, instances, external } }: ResolvedFloe): string[] {
  const mistakes: string[] = [];
  if (mode === "statefulset")
    mistakes.push(
      "postgresql.mode: the database of the chart is one pod with one volume; production takes cnpg or external",
    );
  if (mode === "cnpg" && instances < 2)
    mistakes.push(
      "postgresql.instances: nothing takes over when the only server or its volume is lost; production needs at least 2, by default 3",
    );
  if (external !== undefined && ["disable", "prefer"].includes(external.sslmode))
    mistakes.push(
      `postgresql.external.sslmode: with ${external.sslmode} passwords and rows may cross the network without TLS; production needs require, verify-ca or verify-full`,
    );
  return mistakes;
}
