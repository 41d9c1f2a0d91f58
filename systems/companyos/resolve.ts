import type { Resolved } from "../../config/stack-schema";
import type { Profile } from "../../policy/rules/rule";
import type { CompanyosConfig } from "./config";
import { type ResolvedService, resolveServices } from "./environment-defaults";
import { refusalsOf, relaxedIn } from "./validate-services";

/** The platform as an environment has it: nothing left open. */
export interface Platform extends Omit<CompanyosConfig, "services"> {
  readonly environment: Profile;
  readonly services: Readonly<Record<string, ResolvedService>>;
  /** What production demands and this stack leaves out, a sentence each. */
  readonly relaxed: readonly string[];
}

/** The configuration with the environment's defaults, and everything the environment refuses of it. */
export function resolvePlatform(config: CompanyosConfig, environment: Profile): Resolved<Platform> {
  const services = resolveServices(config, environment);
  const today = new Date().toISOString().slice(0, 10);
  return {
    value: { ...config, environment, services, relaxed: relaxedIn(services, config) },
    mistakes: config.enabled ? refusalsOf(config, services, environment, today) : [],
  };
}
