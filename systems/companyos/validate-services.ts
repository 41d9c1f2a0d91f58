import { nearest } from "../../policy/config/nearest";
import type { Profile } from "../../policy/rules/rule";
import { quantity } from "../schema";
import type { CompanyosConfig } from "./config";
import { leastPods, type ResolvedService } from "./environment-defaults";
import type { Service } from "./service";

/** Environment-specific validation of the services: reports all errors, each with its key path below `services` and the fix. */

interface Case {
  readonly name: string;
  /** As configured. */
  readonly given: Service;
  readonly settled: ResolvedService;
  readonly config: CompanyosConfig;
  readonly environment: Profile;
  /** Today, as 2026-11-30. */
  readonly today: string;
}

/** Errors of one service: key path below it, and message. */
type Refusal = (one: Case) => Iterable<readonly [path: string, words: string]>;

const image: Refusal = function* ({ given: { image }, environment }) {
  if (environment === "dev" || image.digest !== "") return;
  const written = `${image.repository}${image.tag && `:${image.tag}`}`;
  yield ["image.digest", `missing; ${written} must be pinned as repository@sha256:<64 hex>`];
};

const resources: Refusal = function* ({ settled: { resources, baseline } }) {
  if (resources === undefined) {
    const example = '{requests: {cpu: "100m", memory: "128Mi"}, limits: {cpu: "500m", memory: "256Mi"}}';
    yield ["resources", `missing; expected requests and limits such as ${example}, or a baseline they follow from`];
    return;
  }
  for (const kind of ["cpu", "memory"] as const) {
    const measured = baseline?.[kind]?.p95;
    if (measured === undefined || quantity(resources.limits[kind]) >= quantity(measured)) continue;
    yield [`resources.limits.${kind}`, `${resources.limits[kind]} is below the measured p95 of ${measured}; raise it`];
  }
};

const measured: Refusal = function* ({ given: { baseline }, environment, today }) {
  if (baseline?.exception !== undefined && (baseline.expires ?? "") < today)
    yield ["baseline.expires", `the exception ended on ${baseline.expires}; measure the service`];
  if (environment !== "prod" || baseline !== undefined) return;
  yield [
    "baseline",
    "missing; production needs what the service was measured to use (date, source, cpu and memory with p50 and p95), or a dated exception",
  ];
};

const pods: Refusal = function* ({ given, settled, environment }) {
  const { kind, pdb, autoscaling } = settled;
  if (kind === "job") return;
  const least = leastPods(settled);
  const key = autoscaling.enabled ? "autoscaling.min" : "replicas";
  if (environment === "prod" && least < 2) yield [key, `${least} is too few; production needs at least 2`];
  if (given.pdb?.minAvailable !== undefined && given.pdb.minAvailable >= least && least > 1)
    yield [
      "pdb.minAvailable",
      `${given.pdb.minAvailable} of ${least} pods: drains would never finish; use maxUnavailable: 1`,
    ];
  if ("maxUnavailable" in pdb && (pdb.maxUnavailable ?? 0) >= least && least > 1)
    yield ["pdb.maxUnavailable", `${pdb.maxUnavailable} of ${least} pods: all could go at once; use 1`];
};

const probes: Refusal = function* ({ given: { kind, probes, port, noProbesReason } }) {
  for (const [name, probe] of Object.entries(probes)) {
    if (probe === false && kind === "web") yield [`probes.${name}`, "missing; a web service has all three probes"];
    if (probe === false || probe?.port === undefined || probe.port === port) continue;
    yield [`probes.${name}.port`, `${probe.port} is no port of the container, which listens on ${port}`];
  }
  const missing = (["startup", "liveness", "readiness"] as const).filter((name) => !probes[name]);
  if (kind !== "worker" || missing.length === 0 || noProbesReason !== undefined) return;
  yield ["probes", `${missing.join(", ")} missing; give a worker a command to ask, or say noProbesReason`];
};

const secrets: Refusal = function* ({ given: { externalSecrets }, config }) {
  if (config.secrets === "generated") return;
  for (const [index, { store }] of externalSecrets.entries()) {
    if (store ?? config.secretStore) continue;
    yield [`externalSecrets[${index}].store`, "missing; name a store here or in secretStore for all services"];
  }
};

const traffic: Refusal = function* ({ name, given, config }) {
  const { destinations, kind, ingress, schedule, drainSeconds, terminationGracePeriodSeconds } = given;
  const webs = Object.entries(config.services ?? {}).flatMap(([other, { kind }]) =>
    kind === "web" && other !== name ? [other] : [],
  );
  for (const [key, { service }] of Object.entries(destinations)) {
    if (service === undefined || webs.includes(service)) continue;
    const meant = nearest(service, webs);
    const hint = meant ? `did you mean "${meant}"?` : `web services: ${webs.join(", ") || "none"}`;
    yield [`destinations.${key}.service`, `no web service of this stack; ${hint}`];
  }
  if (ingress && kind !== "web") yield ["ingress", `only a web service has one, this is a ${kind}`];
  if (schedule !== undefined && kind !== "job") yield ["schedule", `only a job has one, this is a ${kind}`];
  if (drainSeconds >= terminationGracePeriodSeconds)
    yield [
      "drainSeconds",
      `${drainSeconds} leaves nothing of the ${terminationGracePeriodSeconds} s a pod gets to end; raise terminationGracePeriodSeconds`,
    ];
};

const refusals: readonly Refusal[] = [image, resources, measured, pods, probes, secrets, traffic];

/** Errors of ExternalSecrets that would write the same Secret. */
function* sameTarget(services: CompanyosConfig["services"]): Iterable<string> {
  const first = new Map<string, string>();
  for (const [name, { externalSecrets }] of Object.entries(services ?? {}))
    for (const [index, { target }] of externalSecrets.entries()) {
      const here = `services.${name}.externalSecrets[${index}]`;
      const there = first.get(target);
      if (there !== undefined) yield `${here}.target: writes the same Secret as ${there}; give each its own`;
      else first.set(target, here);
    }
}

/** All environment-specific errors, a line each, the key path first. */
export function refusalsOf(
  config: CompanyosConfig,
  settled: Readonly<Record<string, ResolvedService>>,
  environment: Profile,
  today: string,
): string[] {
  const lines = Object.entries(config.services ?? {}).flatMap(([name, given]) => {
    const one = { name, given, settled: settled[name] as ResolvedService, config, environment, today };
    return refusals.flatMap((refuse) => [...refuse(one)].map(([path, words]) => `services.${name}.${path}: ${words}`));
  });
  const made = config.secrets === "generated" && environment !== "dev" && config.services !== undefined;
  return [
    ...(made ? [`secrets: generated is for trials in dev; use external`] : []),
    ...lines,
    ...sameTarget(config.services),
  ];
}

/** Requirements of production that this stack does not meet, a sentence each; shown at every run. */
export function relaxedIn(
  settled: Readonly<Record<string, ResolvedService>>,
  { secrets }: Pick<CompanyosConfig, "secrets">,
): string[] {
  const which = (text: string, found: (one: ResolvedService) => boolean): string[] => {
    const names = Object.entries(settled).flatMap(([name, one]) => (found(one) ? [name] : []));
    return names.length > 0 ? [`${text}: ${names.join(", ")}`] : [];
  };
  return [
    ...which("image by tag unless the image lock has it", ({ image }) => image.digest === ""),
    ...which("no measured baseline", ({ baseline }) => baseline?.cpu === undefined),
    ...which("baseline waived by a dated exception", ({ baseline }) => baseline?.exception !== undefined),
    ...which("one pod, so no disruption budget", (one) => one.kind !== "job" && leastPods(one) < 2),
    ...which("no autoscaler", ({ kind, autoscaling }) => kind !== "job" && !autoscaling.enabled),
    ...which("no recommended requests", ({ kind, vpa }) => kind !== "job" && !vpa.enabled),
    ...(secrets === "generated" ? which("secrets made at random", (one) => one.externalSecrets.length > 0) : []),
  ];
}
