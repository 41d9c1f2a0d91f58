import type { Resolved } from "../../config/stack-schema";
import type { Profile } from "../../policy/rules/rule";
import type { CompanyosConfig } from "./config";
import { type ResolvedService, resolveServices } from "./environment-defaults";
import { refusalsOf, relaxedIn } from "./validate-services";

/** The platform's configuration with all defaults applied. */
export interface Platform extends Omit<CompanyosConfig, "services"> {
  readonly environment: Profile;
  readonly services: Readonly<Record<string, ResolvedService>>;
  /** Requirements of production that this stack does not meet, a sentence each. */
  readonly relaxed: readonly string[];
}

/** The configuration with the environment's defaults, and all environment-specific errors. */
export function resolvePlatform(config: CompanyosConfig, environment: Profile): Resolved<Platform> {
  const services = resolveServices(config, environment);
  const today = new Date().toISOString().slice(0, 10);
  return {
    value: { ...config, environment, services, relaxed: relaxedIn(services, config) },
    mistakes: config.enabled ? refusalsOf(config, services, environment, today) : [],
  };
}
