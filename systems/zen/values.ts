import type { Resources } from "../schema";
import type { AgentConfig } from "./agent-config";
import type { ChartValues } from "./chart-values";
import { tokenKey } from "./credentials";
import { type ModeKey, modeKeys, type ProfileName, valueAt } from "./profiles";
import type { SaasClient } from "./saas-values";
import type { WatcherChartValues } from "./watcher-chart-values";
import type { WatcherConfig } from "./watcher-config";

/** Maps the configuration of zen to values of `charts/zen-agent` and `charts/zen-watcher`. */

/** The watcher's configuration with the profile's defaults. */
export type ResolvedWatcher = WatcherConfig & {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly networkPolicy: { readonly enabled: boolean };
};

/** The agent's configuration with the profile's defaults. */
export type ResolvedAgent = AgentConfig & {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly tls: { readonly enabled: boolean; readonly source: "existing" | "cert-manager" };
  readonly rbac: {
    readonly mode: "scoped" | "broad";
    readonly remediationKinds: string[];
    readonly observedKinds: string[];
  };
  readonly networkPolicy: { readonly enabled: boolean };
};

/** The configuration with all defaults applied. */
export interface ResolvedZen {
  readonly enabled: boolean;
  readonly profile: ProfileName;
  readonly namespace: string;
  readonly crds: { readonly install: boolean };
  readonly registryPolicy: string[];
  readonly trialSaas: boolean;
  readonly trialSaasNodePort: number;
  readonly trialSaasNodeCIDRs: string[];
  readonly agent: ResolvedAgent;
  readonly watcher: ResolvedWatcher;
  /** Relaxations that a stricter profile would refuse, a sentence each. */
  readonly relaxed: readonly string[];
}

/** The agent's data for the stand-in of the SaaS. */
export const saasClient = ({
  namespace,
  agent,
  trialSaasNodePort,
  trialSaasNodeCIDRs,
}: Pick<ResolvedZen, "namespace" | "trialSaasNodePort" | "trialSaasNodeCIDRs"> & {
  readonly agent: Pick<AgentConfig, "image" | "tenant" | "cluster">;
}): SaasClient => ({
  namespace,
  tenant: agent.tenant.id || "trial",
  cluster: agent.cluster.id || namespace,
  image: agent.image,
  nodePort: trialSaasNodePort,
  nodeCIDRs: trialSaasNodeCIDRs,
});

const named = (chart: string, release: string, override: string | undefined): string => {
  const full = release.includes(chart) ? release : `${release}-${chart}`;
  return (override ?? full).slice(0, 63).replace(/-+$/, "");
};

/** Release of the watcher's objects: the agent's, or a separate one. */
export const releaseOf = ({ agent, watcher }: Pick<ResolvedZen, "agent" | "watcher">): string =>
  agent.enabled ? agent.release : watcher.release;

/** The watcher's full name: of its Deployment, its Service and its ServiceAccount. */
export const watcherName = (config: Pick<ResolvedZen, "agent" | "watcher">): string =>
  named("zen-watcher", releaseOf(config), config.watcher.fullnameOverride);

/** The agent's full name. */
export const agentName = ({ agent }: Pick<ResolvedZen, "agent">): string =>
  named("zen-agent", agent.release, agent.fullnameOverride);

/** Values of `charts/zen-watcher`, plain and known at preview. */
export const watcherValues = (config: ResolvedWatcher) =>
  ({
    image: config.image,
    replicaCount: config.replicaCount,
    leaderElection: config.leaderElection,
    hpa: config.hpa,
    resources: config.resources,
    observe: config.observe,
    metrics: config.metrics,
    networkPolicy: config.networkPolicy,
    fullnameOverride: config.fullnameOverride ?? "",
  }) satisfies Partial<WatcherChartValues>;

/** Values that select modes: all of the profile unless the configuration names some. */
const modesOf = (agent: AgentConfig, key: ModeKey): string[] => (valueAt(agent, key) as string[] | undefined) ?? [];

/** Values of `charts/zen-agent`, plain and known at preview. `token`: the Secret with the bootstrap token, created before the release. */
export function agentValues(config: ResolvedZen, token: string) {
  const { agent, watcher, profile } = config;
  const [execution = [], approval = [], probes = [], rollback = []] = modeKeys.map((key) => modesOf(agent, key));
  const { scrape, ...metrics } = agent.metrics;
  return {
    profile,
    image: { ...agent.image, registryPolicy: config.registryPolicy },
    replicaCount: agent.replicaCount,
    leaderElection: agent.leaderElection,
    resources: agent.resources,
    saas: {
      endpoint: agent.saas.endpoint ?? "",
      existingSecret: token,
      existingSecretKey: agent.saas.existingSecret === undefined ? tokenKey : agent.saas.existingSecretKey,
      pollSeconds: agent.saas.pollSeconds,
    },
    tenant: { id: agent.tenant.id ?? "" },
    cluster: { id: agent.cluster.id ?? "" },
    tls: { ...agent.tls, certManager: { ...agent.tls.certManager, served: true } },
    caMount: agent.caMount,
    execution: { modes: execution },
    approval: { modes: approval },
    validation: { ...agent.validation, probes },
    rollback: { modes: rollback },
    gitops: agent.gitops,
    rbac: agent.rbac,
    networkPolicy: agent.networkPolicy,
    metrics,
    serviceMonitor: { enabled: agent.metrics.enabled && scrape === "serviceMonitor" },
    vmServiceScrape: { enabled: agent.metrics.enabled && scrape === "vmServiceScrape" },
    serviceAccount: agent.serviceAccount,
    "zen-watcher": watcher.enabled ? { enabled: true, ...watcherValues(watcher) } : { enabled: false },
    fullnameOverride: agent.fullnameOverride ?? "",
  } satisfies Partial<Omit<ChartValues, "saas">> & { readonly saas: Partial<ChartValues["saas"]> };
}
