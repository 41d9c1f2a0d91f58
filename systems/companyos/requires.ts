import type { Need } from "../../cluster/capabilities";
import type { Named } from "../../cluster/named-objects";
import type { HardSpread } from "../../cluster/placement";
import { type RequiredStore, reloaderNeed } from "../../cluster/secret-stores";
import { leastPods, mostPods } from "./environment-defaults";
import type { Platform } from "./resolve";

/** Cluster requirements of the platform's configuration, and the notes about them. */

/** Notes at every run: which requirements of production the stack does not meet. */
export const notesOf = ({ environment, namespace, relaxed }: Platform): string[] =>
  relaxed.length > 0
    ? [`namespace ${namespace}: ${environment} leaves out what production demands: ${relaxed.join("; ")}`]
    : [];

/** Parts of the configuration that only the cluster can validate: namespaces that it names, nodes for hard topology spread. */
export function expectationsOf({ services }: Platform): {
  readonly namespaces: readonly Named[];
  readonly apart: readonly HardSpread[];
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
          ? [{ by: `${at}.spread.${over}`, over, pods: leastPods(one), most: mostPods(one) }]
          : [],
      ),
    ),
  };
}

/** Optional capabilities that the platform needs of a cluster. */
export function needsOf(platform: Platform): {
  readonly needs: readonly Need[];
  readonly stores: readonly RequiredStore[];
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
    ...(kind === "web" && (platform.scrape === "serviceMonitor" || platform.scrape === "vmServiceScrape")
      ? [
          {
            capability: platform.scrape === "serviceMonitor" ? "prometheus-operator" : "victoriametrics-operator",
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
