import type { Need } from "../../cluster/capabilities";
import { nodeRange } from "../../cluster/local/addresses";
import type { ReleaseRequirements } from "../../cluster/preflight";
import { externalRequirements } from "../../cluster/secret-stores";
import { defineSystem } from "../define-system";
import { chartValues } from "./chart-values";
import { zenConfig } from "./config";
import { definitions } from "./crds/all";
import { storageVersion } from "./crds/custom-resource";
import { neededCredentials, zenCredentials } from "./credentials";
import { profileNames, profiles, valueAt } from "./profiles";
import { resolveZen } from "./resolve";
import { saasChartValues } from "./saas-chart-values";
import { saas } from "./saas-values";
import { type ResolvedZen, releaseOf, saasClient } from "./values";
import { watcherChartValues } from "./watcher-chart-values";

const at = "hardened:zen";

/** The operator whose kind `scrape` requires. `by`: the key that requires it. */
function scrapeNeeds(by: string, scrape: ResolvedZen["watcher"]["metrics"]["scrape"]): Need[] {
  if (scrape === "annotations" || scrape === "off") return [];
  const capability = scrape === "vmServiceScrape" ? "victoriametrics-operator" : "prometheus-operator";
  return [{ capability, by: `${by} (${scrape})`, otherwise: "set it to annotations" }];
}

/** Cluster requirements of the agent. */
function agentNeeds({ agent, profile }: ResolvedZen): Pick<ReleaseRequirements, "existingSecret" | "otherSecrets"> & {
  readonly needs: readonly Need[];
  readonly stores: NonNullable<ReleaseRequirements["stores"]>;
} {
  const { saas, tls, caMount, gitops, metrics } = agent;
  const external = saas.externalSecret && {
    storeKind: saas.externalSecret.storeRef.kind,
    storeName: saas.externalSecret.storeRef.name,
  };
  const asked = external
    ? externalRequirements(`${at}.agent.saas.externalSecret`, external)
    : { needs: [], stores: [] };
  const probes = (valueAt(agent, "validation.probes") ?? profiles[profile].modes["validation.probes"]) as string[];
  return {
    existingSecret:
      saas.existingSecret === undefined ? undefined : { name: saas.existingSecret, keys: [saas.existingSecretKey] },
    otherSecrets: [
      ...(tls.enabled && tls.source === "existing"
        ? [{ name: tls.existingSecret, by: `${at}.agent.tls.existingSecret` }]
        : []),
      ...(caMount.enabled && caMount.secretName !== ""
        ? [{ name: caMount.secretName, by: `${at}.agent.caMount.secretName` }]
        : []),
      ...(gitops.existingSecret === ""
        ? []
        : [{ name: gitops.existingSecret, by: `${at}.agent.gitops.existingSecret` }]),
    ],
    needs: [
      ...asked.needs,
      ...(tls.enabled && tls.source === "cert-manager"
        ? [
            {
              capability: "cert-manager" as const,
              by: `${at}.agent.tls.source (cert-manager)`,
              otherwise: `name a Secret with the certificate (${at}.agent.tls.source: existing)`,
            },
          ]
        : []),
      ...(metrics.enabled ? scrapeNeeds(`${at}.agent.metrics.scrape`, metrics.scrape) : []),
      ...(probes.includes("metrics")
        ? [
            {
              capability: "prometheus-operator" as const,
              by: `${at}.agent.validation.probes (metrics)`,
              without: "what they ask has no answer, unless a Prometheus runs without its operator",
              otherwise: "leave metrics out of the probes",
            },
          ]
        : []),
    ],
    stores: asked.stores,
  };
}

function requires(config: ResolvedZen): ReleaseRequirements[] {
  const { agent, watcher, namespace, crds } = config;
  const parts = [
    ...(agent.enabled ? [{ key: `${at}.agent`, policy: agent.networkPolicy }] : []),
    ...(watcher.enabled ? [{ key: `${at}.watcher`, policy: watcher.networkPolicy }] : []),
  ].filter(({ policy }) => policy.enabled);
  const asked = agent.enabled ? agentNeeds(config) : undefined;
  const watched = watcher.enabled ? scrapeNeeds(`${at}.watcher.metrics.scrape`, watcher.metrics.scrape) : [];
  return [
    {
      system: "zen",
      namespace,
      release: releaseOf(config),
      ...asked,
      needs: [...(asked?.needs ?? []), ...watched],
      customResources: definitions.map(({ metadata }) => ({
        name: metadata.name,
        version: storageVersion,
        installed: crds.install,
        by: `${at}.crds.install`,
      })),
      apiServer: parts.some(({ policy }) => policy.apiServer.cidrs.length === 0),
      namespaces: [
        ...parts.map(({ key, policy }) => ({
          name: policy.monitoringNamespace,
          by: `${key}.networkPolicy.monitoringNamespace`,
        })),
        ...(agent.enabled ? agent.rbac.namespaces : []).map((name, index) => ({
          name,
          by: `${at}.agent.rbac.namespaces[${index}]`,
        })),
      ],
    },
    ...(config.trialSaas ? [{ system: "zen-saas", ...saas(saasClient(config)) }] : []),
  ];
}

/** zen: an agent that executes remediations, and a watcher that turns what happens in the cluster into Observations. */
export const zen = defineSystem<ResolvedZen>({
  name: "zen",
  summary: "an agent changes what a SaaS approves, a watcher turns what happens in the cluster into Observations",
  config: zenConfig,
  credentials: zenCredentials,
  neededCredentials,
  environments: Object.fromEntries(
    profileNames.map((profile) => [profile, { profile: profiles[profile].environment }]),
  ),
  environmentKey: "profile",
  resolve: resolveZen,
  isEnabled: (config) => config.enabled,
  requires,
  charts: { "zen-agent": chartValues, "zen-watcher": watcherChartValues, "zen-saas": saasChartValues },
  trial: {
    profile: "local",
    namespace: "zen-trial",
    registryPolicy: ["registry.hardened.test/*"],
    agent: { image: { repository: "registry.hardened.test/zen-agent", tag: "local" }, saas: { pollSeconds: 1 } },
    watcher: { image: { repository: "registry.hardened.test/zen-watcher", tag: "local" }, replicaCount: 1 },
    trialSaas: true,
    trialSaasNodePort: 30_089,
    trialSaasNodeCIDRs: [nodeRange],
  },
  component: () => import("./component"),
  demo: () => import("./demo"),
});
