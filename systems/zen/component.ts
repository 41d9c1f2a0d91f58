import * as pulumi from "@pulumi/pulumi";
import { restartAnnotations } from "../../cluster/changed-secrets";
import { releaseKey } from "../../cluster/observed";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import { CustomResourceDefinitions } from "../../components/custom-resource-definitions";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { type Deploy, namespaceArgs, type SystemContext } from "../define-system";
import { definitions } from "./crds/all";
import { tokenKey } from "./credentials";
import { ZenSaas } from "./saas-component";
import { saas } from "./saas-values";
import { agentName, agentValues, type ResolvedZen, releaseOf, saasClient, watcherName, watcherValues } from "./values";

/** zen: its kinds → namespace → token Secret → release. */
class ZenSystem extends pulumi.ComponentResource {
  readonly release: HardenedRelease;

  constructor(name: string, given: ResolvedZen, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Zen", name, {}, opts);
    const { stack, observed } = context;
    const config = this.complete(given, context);
    for (const line of config.relaxed) void pulumi.log.warn(line, this);
    const protect = stack.environment === "prod";
    const kinds = config.crds.install
      ? [
          new CustomResourceDefinitions(
            `${name}-kinds`,
            { system: name, definitions, context: stack.cluster.context, protect },
            { parent: this },
          ),
        ]
      : [];
    const namespace = new RestrictedNamespace(
      name,
      {
        ...namespaceArgs(context, config.namespace),
        system: name,
        protect,
        defaultDeny: isClosed(config),
      },
      { parent: this, dependsOn: kinds },
    );
    const here = observed.releases[releaseKey({ namespace: config.namespace, release: releaseOf(config) })];
    const podAnnotations = restartAnnotations(here?.secretChanges);
    const token: AppSecret | undefined = config.agent.enabled
      ? new AppSecret(
          `${name}-token`,
          { namespace, system: name, keys: [tokenKey], source: source(config, context) },
          { parent: this },
        )
      : undefined;
    const trial =
      config.trialSaas && token !== undefined
        ? [
            new ZenSaas(
              `${name}-saas`,
              { client: saasClient(config), context, token: token.values[tokenKey] as pulumi.Output<string> },
              { parent: this },
            ),
          ]
        : [];
    const extra = Object.keys(podAnnotations).length > 0 ? { podAnnotations } : {};
    this.release = new HardenedRelease(
      name,
      {
        namespace,
        name: releaseOf(config),
        chart: token === undefined ? "./charts/zen-watcher" : "./charts/zen-agent",
        values:
          token === undefined
            ? watcherValues(config.watcher)
            : token.secretName.apply((secret) => ({ ...agentValues(config, secret), ...extra })),
        delivery: stack.delivery,
        state: here?.state,
      },
      {
        parent: this,
        dependsOn: [...kinds.map(({ ready }) => ready), ...(token === undefined ? [] : [token.ready]), ...trial],
      },
    );
    this.registerOutputs({ status: this.release.status });
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

/** Whether every pod has a policy of its own: else the namespace's would cut off those that have none. */
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
  const { release } = new ZenSystem("zen", config, context, opts);
  const { namespace, agent, watcher } = config;
  const page = saas(saasClient(config));
  return {
    namespace,
    release: releaseOf(config),
    revision: release.status.revision,
    status: release.status.status,
    hints: {
      ...(agent.enabled && { remediations: `kubectl get zenagentremediations -n ${namespace}` }),
      ...(watcher.enabled && { observations: `kubectl get observations -n ${namespace}` }),
      ...(config.trialSaas && { saas: `kubectl port-forward -n ${page.namespace} svc/${page.release} 8081:8081` }),
      logs: `kubectl logs -n ${namespace} deploy/${agent.enabled ? agentName(config) : watcherName(config)} -f`,
    },
  };
};
