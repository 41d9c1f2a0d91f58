import type { Resolved } from "../../config/stack-schema";
import type { Profile } from "../../policy/rules/rule";
import type { TrevorConfig } from "./config";
import { migrationMode } from "./migrations";

/** The configuration, and environment-specific errors: production requires more than one pod and a migration. */
export function resolveTrevor(config: TrevorConfig, environment: Profile): Resolved<TrevorConfig> {
  const mistakes: string[] = [];
  if (environment !== "prod" || !config.enabled) return { value: config, mistakes };
  const { autoscaling, replicaCount } = config;
  if (migrationMode(config.migrations) === "none")
    mistakes.push(
      "migrations: nobody migrates the database in production; set mode to hook (or job), or leave enabled or hookEnabled on",
    );
  if ((autoscaling.enabled ? autoscaling.minReplicas : replicaCount) < 2)
    mistakes.push(
      autoscaling.enabled
        ? `autoscaling.minReplicas: production needs at least 2 pods of the API, so that one can go; it is ${autoscaling.minReplicas}`
        : `replicaCount: production needs at least 2 pods of the API, so that one can go, or autoscaling; it is ${replicaCount}`,
    );
  return { value: config, mistakes };
}
