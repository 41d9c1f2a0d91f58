import * as pulumi from "@pulumi/pulumi";
import { restartAnnotations } from "../../cluster/changed-secrets";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import { CustomResourceDefinitions } from "../../components/custom-resource-definitions";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { roomyQuotaOf } from "../../components/quota";
import { SystemComponent } from "../../components/system-component";
import type { Deploy, SystemContext } from "../define-system";
import { definitions } from "./crds/all";
import { tokenKey } from "./credentials";
import { ZenSaas } from "./saas-component";
import { saas } from "./saas-values";
import { agentName, agentValues, type ResolvedZen, releaseOf, saasClient, watcherName, watcherValues } from "./values";

/** zen: its kinds → namespace → token Secret → release. */
class ZenSystem extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(name: string, given: ResolvedZen, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    const place = { system: name, namespace: given.namespace, release: releaseOf(given), context };
    super("hardened:systems:Zen", name, place, opts);
    const config = this.complete(given, context);
    for (const line of config.relaxed) void pulumi.log.warn(line, this);
    const { enabled, rbac } = config.agent;
    if (enabled && rbac.mode === "scoped" && rbac.namespaces.length === 0)
      void pulumi.log.warn("hardened:zen.agent.rbac.namespaces is empty: the agent may change nothing", this);
    const kinds = config.crds.install
      ? [
          new CustomResourceDefinitions(
            `${name}-kinds`,
            {
              system: name,
              definitions,
              context: context.stack.cluster.context,
              protect: context.stack.environment === "prod",
            },
            { parent: this },
          ),
        ]
      : [];
    const quota = roomyQuotaOf(
      [
        { ...config.agent, pods: config.agent.replicaCount },
        {
          ...config.watcher,
          pods: config.watcher.hpa.enabled ? config.watcher.hpa.maxReplicas : config.watcher.replicaCount,
        },
      ]
        .filter(({ enabled }) => enabled)
        .map(({ pods, resources }) => ({ pods, requests: resources.requests })),
    );
    const namespace = this.restrictedNamespace({ defaultDeny: isClosed(config), quota }, { dependsOn: kinds });
    const ready = kinds.map((one) => one.ready);
    if (!config.agent.enabled) {
      const values = watcherValues(config.watcher);
      this.release = this.deploy({ namespace, chart: "./charts/zen-watcher", values }, ready);
    } else {
      const token = new AppSecret(
        `${name}-token`,
        { namespace, system: name, keys: [tokenKey], source: source(config, context) },
        { parent: this },
      );
      const trial = config.trialSaas ? [this.trial(config, context, token)] : [];
      const podAnnotations = restartAnnotations(this.observed?.secretChanges);
      const extra = Object.keys(podAnnotations).length > 0 ? { podAnnotations } : {};
      const values = token.secretName.apply((secret) => ({ ...agentValues(config, secret), ...extra }));
      const before = [...ready, token.ready, ...trial];
      this.release = this.deploy({ namespace, chart: "./charts/zen-agent", values }, before);
    }
    this.registerOutputs({ status: this.release.status });
  }

  private trial(config: ResolvedZen, context: SystemContext, token: AppSecret): ZenSaas {
    const given = { client: saasClient(config), context, token: token.values[tokenKey] as pulumi.Output<string> };
    return new ZenSaas("zen-saas", given, { parent: this });
  }

  /** The configuration with the digests of locally built images, and with the addresses of the API server. */
  private complete(given: ResolvedZen, { observed, imageLock }: SystemContext): ResolvedZen {
    const { agent, watcher } = given;
    const withAddress = <T extends ResolvedZen["agent"]["networkPolicy"] | ResolvedZen["watcher"]["networkPolicy"]>(
      policy: T,
      part: string,
      enabled: boolean,
    ): T => {
      if (!enabled || !policy.enabled || policy.apiServer.cidrs.length > 0) return policy;
      if (observed.apiServer === undefined)
        throw new pulumi.ResourceError(
          `hardened:zen.${part}.networkPolicy.apiServer.cidrs: missing, and the cluster does not say the addresses of its API server; name them: kubectl get endpointslices -n default kubernetes prints them, such as [10.0.0.1/32]`,
          this,
          true,
        );
      const { cidrs, ports } = observed.apiServer;
      return { ...policy, apiServer: { cidrs: [...cidrs], ports: [...ports] } };
    };
    return {
      ...given,
      agent: {
        ...agent,
        image: pinned(agent.image, imageLock),
        networkPolicy: withAddress(agent.networkPolicy, "agent", agent.enabled),
      },
      watcher: {
        ...watcher,
        image: pinned(watcher.image, imageLock),
        networkPolicy: withAddress(watcher.networkPolicy, "watcher", watcher.enabled),
      },
    };
  }
}

/** Whether every pod has a NetworkPolicy of its own: otherwise the namespace's default-deny policy would isolate those without one. */
const isClosed = ({ agent, watcher }: ResolvedZen): boolean =>
  (!agent.enabled || agent.networkPolicy.enabled) && (!watcher.enabled || watcher.networkPolicy.enabled);

function source({ agent, trialSaas }: ResolvedZen, { credentials }: SystemContext): SecretSource {
  const { existingSecret, externalSecret } = agent.saas;
  if (trialSaas) return { from: "generated" };
  if (existingSecret !== undefined) return { from: "existing", secretName: existingSecret };
  if (externalSecret !== undefined)
    return {
      from: "external",
      storeKind: externalSecret.storeRef.kind,
      storeName: externalSecret.storeRef.name,
      remoteKey: externalSecret.remoteKey,
      refreshInterval: externalSecret.refreshInterval,
    };
  const token = credentials?.clusterToken;
  return { from: "config", values: token === undefined ? undefined : { [tokenKey]: token } };
}

export const deploy: Deploy<ResolvedZen> = (config, context, opts) => {
  const { namespace, agent, watcher } = config;
  const page = saas(saasClient(config));
  return {
    ...new ZenSystem("zen", config, context, opts).outputs,
    hints: {
      ...(agent.enabled && { remediations: `kubectl get zenagentremediations -n ${namespace}` }),
      ...(watcher.enabled && { observations: `kubectl get observations -n ${namespace}` }),
      ...(config.trialSaas && { saas: `kubectl port-forward -n ${page.namespace} svc/${page.release} 8081:8081` }),
      logs: `kubectl logs -n ${namespace} deploy/${agent.enabled ? agentName(config) : watcherName(config)} -f`,
    },
  };
};
