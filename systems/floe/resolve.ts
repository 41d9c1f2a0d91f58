import type { Resolved } from "../../config/stack-schema";
import type { Profile } from "../../policy/rules/rule";
import type { FloeConfig, ResolvedFloe } from "./config";
import { defaultEnvironments, environmentOf } from "./environments";

/** The configuration with its namespace, and what its environment refuses of it: what the chart brings along keeps no production data. */
export function resolveFloe(config: FloeConfig, profile: Profile): Resolved<ResolvedFloe> {
  const own = environmentOf(config.environment, defaultEnvironments);
  const namespace = config.namespace ?? (typeof own === "string" ? `floe-${config.environment}` : own.namespace);
  const value = { ...config, namespace };
  if (!config.enabled) return { value, mistakes: [] };
  const mistakes: string[] = [];
  if (typeof own === "string") mistakes.push(`environment: ${own}`);
  if (profile === "prod" && config.objectStorage.mode === "minio")
    mistakes.push(
      "objectStorage.mode: the object store of the chart is one pod with one volume, for development; set none in production",
    );
  if (profile === "prod" && config.postgresql.mode === "statefulset")
    mistakes.push(
      "postgresql.mode: the database of the chart is one pod with one volume; production needs a replicated one, which floe does not bring yet",
    );
  return { value, mistakes };
}
