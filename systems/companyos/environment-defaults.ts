import type { Load } from "../../components/quota";
import type { Profile } from "../../policy/rules/rule";
import { quantity, type Resources } from "../schema";
import type { CompanyosConfig } from "./config";
import type { Service } from "./service";

/** Environment-specific defaults of a service's configuration. */

/** Resource presets for services that are not measured yet: for trials. */
export const presets = {
  small: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "250m", memory: "64Mi" } },
  medium: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
  large: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } },
} as const satisfies Readonly<Record<string, Resources>>;

interface Defaults {
  readonly replicas: number;
  readonly scaled: boolean;
  readonly least: number;
  readonly most: number;
  readonly recommended: boolean;
  readonly zone: "soft" | "hard" | "off";
  readonly host: "soft" | "hard" | "off";
}

/** Defaults of each environment: dev is one small pod, staging like production but smaller. */
const profiles: Readonly<Record<Profile, Defaults>> = {
  dev: { replicas: 1, scaled: false, least: 1, most: 2, recommended: false, zone: "off", host: "off" },
  staging: { replicas: 2, scaled: true, least: 2, most: 4, recommended: true, zone: "soft", host: "soft" },
  prod: { replicas: 3, scaled: true, least: 3, most: 10, recommended: true, zone: "soft", host: "hard" },
};

/** Resources derived from a baseline: requests are its 95th percentile, limits twice the CPU and 1.5 times the memory of that. */
export function fromBaseline({ cpu, memory }: NonNullable<Service["baseline"]>): Resources | undefined {
  if (!cpu || !memory) return undefined;
  const milli = (factor: number): string => `${Math.ceil(quantity(cpu.p95) * 1000 * factor)}m`;
  const mebi = (factor: number): string => `${Math.ceil((quantity(memory.p95) / 2 ** 20) * factor)}Mi`;
  return { requests: { cpu: milli(1), memory: mebi(1) }, limits: { cpu: milli(2), memory: mebi(1.5) } };
}

function resourcesOf({ resources, baseline }: Service, environment: Profile): Resources | undefined {
  if (typeof resources === "string") return presets[resources];
  return resources ?? (baseline && fromBaseline(baseline)) ?? (environment === "dev" ? presets.small : undefined);
}

const defaultProbes = {
  liveness: { path: "/healthz", periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
  readiness: { path: "/readyz", periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
  startup: { path: "/healthz", periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 60 },
};
const probeKinds = ["liveness", "readiness", "startup"] as const;

/** Probes: a web service has all three, with default paths; other services have those that are configured. */
function probesOf({ kind, probes }: Service) {
  const wanted = probeKinds.flatMap((name) => {
    const said = probes[name];
    if (kind === "job" || said === false || (said === undefined && kind !== "web")) return [];
    const { path, ...timings } = defaultProbes[name];
    const { port: _, ...own } = said ?? {};
    return [[name, { ...timings, ...(own.command ? {} : { path }), ...own }] as const];
  });
  return Object.fromEntries(wanted) as Partial<Record<(typeof probeKinds)[number], Probe>>;
}

export interface Probe {
  readonly path?: string | undefined;
  readonly command?: string[] | undefined;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** One service with all defaults applied, except for missing resources: an error that is reported elsewhere. */
function resolveService(service: Service, config: CompanyosConfig, environment: Profile) {
  const { image, kind, autoscaling, vpa, spread, externalSecrets } = service;
  const profile = profiles[environment];
  const resources = resourcesOf(service, environment);
  const scaled = kind !== "job" && (autoscaling.enabled ?? profile.scaled);
  const least = autoscaling.min ?? Math.min(profile.least, autoscaling.max ?? profile.least);
  return {
    ...service,
    image: {
      ...image,
      runAsUser: image.runAsUser ?? config.security.runAsUser,
      runAsGroup: image.runAsGroup ?? image.runAsUser ?? config.security.runAsUser,
      fsGroup: image.fsGroup ?? config.security.fsGroup,
    },
    resources,
    probes: probesOf(service),
    replicas: service.replicas ?? profile.replicas,
    autoscaling: { ...autoscaling, enabled: scaled, min: least, max: autoscaling.max ?? Math.max(profile.most, least) },
    vpa: { enabled: kind !== "job" && (vpa.enabled ?? profile.recommended) },
    pdb: service.pdb ?? { maxUnavailable: 1 },
    spread: { zone: spread.zone ?? profile.zone, host: spread.host ?? profile.host },
    externalSecrets: externalSecrets.map((one) => ({ ...one, store: one.store ?? config.secretStore })),
  };
}
export type ResolvedService = ReturnType<typeof resolveService>;

/** Every service with the environment's defaults, by name. */
export const resolveServices = (config: CompanyosConfig, environment: Profile): Record<string, ResolvedService> =>
  Object.fromEntries(
    Object.entries(config.services ?? {}).map(([name, one]) => [name, resolveService(one, config, environment)]),
  );

/** Minimum number of pods of a service: the autoscaler's when it is enabled. */
export const leastPods = ({ autoscaling, replicas }: ResolvedService): number =>
  autoscaling.enabled ? autoscaling.min : replicas;
/** Maximum number of pods of a service. */
export const mostPods = ({ kind, autoscaling, replicas }: ResolvedService): number =>
  kind === "job" ? 1 : autoscaling.enabled ? autoscaling.max : replicas;

/** Every service as a load of the namespace's quota. */
export const loadsOf = (services: Readonly<Record<string, ResolvedService>>): Load[] =>
  Object.values(services).map((one) => ({ pods: mostPods(one), requests: one.resources?.requests }));

/** Timeout of a release in seconds: pods are replaced one by one, services concurrently. */
export const patienceOf = (services: Readonly<Record<string, ResolvedService>>): number =>
  120 + 30 * Math.max(...Object.values(services).map(mostPods));
