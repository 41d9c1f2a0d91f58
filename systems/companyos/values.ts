import type { z } from "zod";
import { restartAnnotations, type SecretChanges } from "../../cluster/changed-secrets";
import { dnsEgress } from "../../components/dns-egress";
import { type EgressRules, type ingressRules, quantity } from "../schema";
import type { ServiceValues } from "./chart-values";
import type { ResolvedService } from "./environment-defaults";
import type { Platform } from "./resolve";

/** Maps the platform's configuration to values of `charts/service`; plain and known at preview. */

type IngressRules = z.output<typeof ingressRules>;

/** Names of the Secrets that the stack created for each service; empty where a store provides them. */
export type MadeSecrets = Readonly<Record<string, readonly string[]>>;

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const onPort = (port: number) => [{ protocol: "TCP" as const, port }];
const podsOf = (service: string, platform: Platform) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/name": service, "app.kubernetes.io/instance": platform.release } },
});

/** Cluster DNS and the declared destinations, in the order they were declared. */
function egress({ destinations }: ResolvedService, platform: Platform): EgressRules {
  const declared = Object.values(destinations).map(({ service, namespace, cidr, port }) => {
    const peer =
      service !== undefined
        ? podsOf(service, platform)
        : namespace !== undefined
          ? inNamespace(namespace)
          : { ipBlock: { cidr: cidr ?? "" } };
    return { to: [peer], ports: onPort(port ?? platform.services[service ?? ""]?.port ?? 0) };
  });
  return [dnsEgress, ...declared];
}

/** Sources of a service: the services that declare it as a destination, the namespaces it is open to, the ingress controller's, and Prometheus'. */
function ingress(name: string, { kind, port, allowFrom, ingress }: ResolvedService, platform: Platform): IngressRules {
  if (kind === "job") return [];
  const callers = Object.entries(platform.services)
    .filter(([, { destinations }]) => Object.values(destinations).some(({ service }) => service === name))
    .map(([caller]) => podsOf(caller, platform));
  const namespaces = new Set([
    ...allowFrom,
    ...(ingress ? [ingress.from] : []),
    ...(platform.scrape === "off" ? [] : [platform.monitoringNamespace]),
  ]);
  const from = [...callers, ...[...namespaces].map(inNamespace)];
  return from.length > 0 ? [{ from, ports: onPort(port) }] : [];
}

/** Bounds of the VerticalPodAutoscaler: maxAllowed is four times the limits, minAllowed 10m CPU and 16Mi memory. */
function recommendation({ resources, vpa }: ResolvedService): ServiceValues["vpa"] {
  const cpu = Math.ceil(quantity(resources?.limits.cpu ?? "0") * 4000);
  const memory = Math.ceil((quantity(resources?.limits.memory ?? "0") / 2 ** 20) * 4);
  return {
    enabled: vpa.enabled,
    minAllowed: { cpu: "10m", memory: "16Mi" },
    maxAllowed: { cpu: `${cpu}m`, memory: `${memory}Mi` },
  };
}

const written = ({ baseline }: ResolvedService): string =>
  baseline === undefined ? "" : `${baseline.date} ${baseline.exception ?? baseline.source}`;

function serviceValues(
  name: string,
  one: ResolvedService,
  platform: Platform,
  made: readonly string[],
  changes: SecretChanges | undefined,
): ServiceValues {
  const { autoscaling, ingress: from } = one;
  return {
    kind: one.kind,
    image: one.image,
    port: one.port,
    command: one.command,
    args: one.args,
    env: one.env,
    existingSecrets: [...made],
    externalSecrets:
      platform.secrets === "generated"
        ? []
        : one.externalSecrets.map((secret) => ({
            ...secret,
            store: secret.store ?? { kind: "SecretStore", name: "" },
          })),
    podAnnotations: restartAnnotations(changes, [name]),
    resources: one.resources as NonNullable<typeof one.resources>,
    baseline: written(one),
    replicas: one.replicas,
    probes: one.probes,
    noProbesReason: one.noProbesReason ?? "",
    drainSeconds: one.drainSeconds,
    terminationGracePeriodSeconds: one.terminationGracePeriodSeconds,
    service: { port: 80 },
    ingress: {
      enabled: from !== undefined,
      className: from?.className ?? "",
      annotations: {},
      hosts: from ? [{ host: from.host, paths: [{ path: "/", pathType: "Prefix" }] }] : [],
      tls: from ? [{ secretName: from.tlsSecret, hosts: [from.host] }] : [],
    },
    autoscaling: {
      enabled: autoscaling.enabled,
      minReplicas: autoscaling.min,
      maxReplicas: autoscaling.max,
      cpu: autoscaling.cpu,
      rps: autoscaling.rps ?? 0,
      scaleDownWindowSeconds: autoscaling.scaleDownWindowSeconds,
    },
    vpa: recommendation(one),
    pdb: one.pdb,
    spread: one.spread,
    networkPolicy: { enabled: true, ingress: ingress(name, one, platform), egress: egress(one, platform) },
    scrape: { mode: platform.scrape, path: "/metrics", interval: "30s" },
    job: {
      schedule: one.schedule ?? "",
      activeDeadlineSeconds: one.deadlineSeconds,
      backoffLimit: 2,
      ttlSecondsAfterFinished: 86_400,
    },
  };
}

/** Values of the release: every service with all keys, so that the chart's defaults have no effect. */
export function values(platform: Platform, made: MadeSecrets, changes?: SecretChanges) {
  const { seccomp } = platform.security;
  return {
    services: Object.fromEntries(
      Object.entries(platform.services).map(([name, one]) => [
        name,
        serviceValues(name, one, platform, made[name] ?? [], changes),
      ]),
    ),
    seccomp:
      seccomp === "RuntimeDefault"
        ? { type: "RuntimeDefault", localhostProfile: "" }
        : { type: "Localhost", localhostProfile: seccomp.localhost },
  };
}
