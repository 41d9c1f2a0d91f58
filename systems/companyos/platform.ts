import type { Need } from "../../cluster/capabilities";
import type { Named } from "../../cluster/named-objects";
import type { Apart } from "../../cluster/placement";
import { reloaderNeed, type WantedStore } from "../../cluster/secret-stores";
import type { Environment, Settled } from "../../config/stack-schema";
import type { CompanyosConfig } from "./config";
import { refusalsOf, relaxedIn } from "./refusals";
import { leastPods, type SettledService, settleServices } from "./settings";

/** The platform as an environment has it: nothing left open. */
export interface Platform extends Omit<CompanyosConfig, "services"> {
  readonly environment: Environment;
  readonly services: Readonly<Record<string, SettledService>>;
  /** What production demands and this stack leaves out, a sentence each. */
  readonly relaxed: readonly string[];
}

/** The configuration with the environment's defaults, and everything the environment refuses of it. */
export function settlePlatform(config: CompanyosConfig, environment: Environment): Settled<Platform> {
  const services = settleServices(config, environment);
  const today = new Date().toISOString().slice(0, 10);
  return {
    value: { ...config, environment, services, relaxed: relaxedIn(services, config) },
    mistakes: config.enabled ? refusalsOf(config, services, environment, today) : [],
  };
}

/** What a person is told at every run: that, and where, this is less than production (COS-58). */
export const notesOf = ({ environment, namespace, relaxed }: Platform): string[] =>
  relaxed.length > 0
    ? [`namespace ${namespace}: ${environment} leaves out what production demands: ${relaxed.join("; ")}`]
    : [];

/** What a configuration says of the cluster that only the cluster can tell to be so: namespaces it names, places for pods that stand apart. */
export function expectationsOf({ services }: Platform): {
  readonly namespaces: readonly Named[];
  readonly apart: readonly Apart[];
} {
  const all = Object.entries(services).map(([name, one]) => ({ at: `hardened:companyos.services.${name}`, one }));
  return {
    namespaces: all.flatMap(({ at, one: { destinations, allowFrom, ingress } }) => [
      ...Object.entries(destinations).flatMap(([key, { namespace }]) =>
        namespace === undefined ? [] : [{ name: namespace, by: `${at}.destinations.${key}.namespace` }],
      ),
      ...allowFrom.map((name, index) => ({ name, by: `${at}.allowFrom[${index}]` })),
      ...(ingress ? [{ name: ingress.from, by: `${at}.ingress.from` }] : []),
    ]),
    apart: all.flatMap(({ at, one }) =>
      (["zone", "host"] as const).flatMap((over) =>
        one.kind !== "job" && one.spread[over] === "hard"
          ? [{ by: `${at}.spread.${over}`, over, pods: leastPods(one) }]
          : [],
      ),
    ),
  };
}

/** What the platform needs of a cluster beyond Kubernetes itself (COS-57). */
export function needsOf(platform: Platform): {
  readonly needs: readonly Need[];
  readonly stores: readonly WantedStore[];
} {
  const services = Object.entries(platform.services).map(([name, one]) => ({
    at: `hardened:companyos.services.${name}`,
    one,
  }));
  const needs: Need[] = services.flatMap(({ at, one: { kind, vpa, autoscaling, externalSecrets } }): Need[] => [
    ...(externalSecrets.length > 0 && platform.secrets === "external"
      ? [
          {
            capability: "external-secrets-operator",
            by: `${at}.externalSecrets`,
            otherwise: "leave its secrets out",
          } as const,
          ...(kind === "job" ? [] : [reloaderNeed(`${at}.externalSecrets`)]),
        ]
      : []),
    ...(vpa.enabled
      ? [{ capability: "vertical-pod-autoscaler", by: `${at}.vpa`, otherwise: "set vpa.enabled: false there" } as const]
      : []),
    ...(autoscaling.enabled
      ? [
          {
            capability: "resource-metrics",
            by: `${at}.autoscaling`,
            otherwise: "set autoscaling.enabled: false there",
            without: "the number of pods will not follow their load",
          } as const,
        ]
      : []),
    ...(autoscaling.enabled && autoscaling.rps !== undefined
      ? [
          {
            capability: "custom-metrics",
            by: `${at}.autoscaling.rps`,
            otherwise: "leave rps out",
            without: "its pods follow CPU alone and are never taken away",
          } as const,
        ]
      : []),
    ...(kind === "web" && platform.scrape === "serviceMonitor"
      ? [
          {
            capability: "prometheus-operator",
            by: at,
            otherwise: "set hardened:companyos.scrape: annotations",
          } as const,
        ]
      : []),
  ]);
  const stores = services.flatMap(({ at, one: { externalSecrets } }) =>
    externalSecrets.flatMap(({ store }, index) =>
      store && platform.secrets === "external" ? [{ ...store, by: `${at}.externalSecrets[${index}].store` }] : [],
    ),
  );
  return { needs, stores };
}
