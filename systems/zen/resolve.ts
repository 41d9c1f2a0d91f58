import type { Resolved } from "../../config/stack-schema";
import type { Resources } from "../schema";
import type { AgentConfig } from "./agent-config";
import type { ZenConfig } from "./config";
import { endpointMistakes } from "./endpoint";
import { examples } from "./examples";
import { enforces, networkMistakes } from "./networks";
import { kindsOf, observed, ownTargets } from "./permissions";
import { modeKeys, type ProfileName, profiles, type Requirement, unmet, valueAt, wantedOf } from "./profiles";
import { forbiddenRegistries, registryMistake } from "./registries";
import { repositoryMistakes } from "./repositories";
import { saasUrl } from "./saas-values";
import { agentValues, type ResolvedAgent, type ResolvedWatcher, type ResolvedZen, saasClient } from "./values";

/** Annotation of a ServiceAccount with the IAM role of its pods (EKS). */
export const roleAnnotation = "eks.amazonaws.com/role-arn";
const roleArn = /^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]+$/;
const exampleArn = "arn:aws:iam::111122223333:role/zen-agent";

/** The configuration with the profile's defaults, and all its errors. */
export function resolveZen(given: ZenConfig): Resolved<ResolvedZen> {
  // Without a profile nothing is deployed: that it is missing is what is told, and the strictest stands in.
  const profile = given.profile ?? "aws";
  const agent = resolveAgent(given.trialSaas ? onTrial(given) : given.agent, profile);
  const watcher = resolveWatcher(given.watcher, profile);
  const config = { ...given, profile, agent, watcher, relaxed: [] };
  if (!given.enabled) return { value: config, mistakes: [] };
  if (given.profile === undefined)
    return {
      value: config,
      mistakes: [`profile: missing; local, gitops or aws: there is no default, as each allows another thing`],
    };
  if (!agent.enabled && !watcher.enabled)
    return {
      value: config,
      mistakes: ["agent.enabled and watcher.enabled are both false: nothing is left; set enabled to false instead"],
    };
  const seen = agent.enabled ? postureOf(config) : { "zen-watcher": { ...watcher, enabled: true } };
  const { refused, relaxed } = unmet(profile, seen);
  const concerned = (one: Requirement): boolean => agent.enabled || one.keys[0].startsWith("zen-watcher.");
  return {
    value: { ...config, relaxed: relaxed.filter(concerned).map((one) => relaxation(one, profile, seen)) },
    mistakes: [
      ...refused.filter(concerned).map((one) => refusal(one, profile, seen)),
      ...(agent.enabled ? agentMistakes(agent, profile) : []),
      ...(agent.enabled ? targetMistakes(config) : []),
      ...policyMistakes(config),
      ...trialMistakes(given, profile),
      ...imageMistakes(config),
    ],
  };
}

/** Configuration of the agent in a stack with a stand-in of the SaaS. */
function onTrial(given: ZenConfig): AgentConfig {
  const { agent } = given;
  const client = saasClient(given);
  return {
    ...agent,
    saas: { ...agent.saas, endpoint: agent.saas.endpoint ?? saasUrl(client) },
    tenant: { id: client.tenant },
    cluster: { id: client.cluster },
  };
}

/** Errors of keys that cannot be combined with a stand-in of the SaaS. */
function trialMistakes(given: ZenConfig, profile: ProfileName): string[] {
  const { trialSaas, agent, trialSaasNodePort, trialSaasNodeCIDRs } = given;
  if (!trialSaas) return [];
  const { endpoint, existingSecret, externalSecret } = agent.saas;
  const beside = { endpoint, existingSecret, externalSecret };
  return [
    ...(profile === "local"
      ? []
      : [
          `trialSaas: true, and profile is ${profile}: the stand-in is for evaluation; set it to false, or profile to local`,
        ]),
    ...(agent.enabled
      ? []
      : ["trialSaas: true, and agent.enabled is false: the stand-in has no client; set trialSaas to false"]),
    ...(trialSaasNodePort > 0 && trialSaasNodeCIDRs.length === 0
      ? [
          `trialSaasNodeCIDRs: missing while trialSaasNodePort is ${trialSaasNodePort}: nobody would reach the page; name the networks of the nodes and of who calls them (kubectl get nodes -o wide), and none of pods, such as [172.18.0.0/16]`,
        ]
      : []),
    // the page has no login: what is as wide as a cluster's pods is refused in local too
    ...networkMistakes("trialSaasNodeCIDRs", trialSaasNodeCIDRs, "the nodes", true),
    ...Object.entries(beside).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [`trialSaas: true, and agent.saas.${key} is set, which is for another SaaS: choose one`],
    ),
  ];
}

/** The chart's values that requirements refer to. */
const postureOf = (config: ResolvedZen) => {
  const { existingSecret, externalSecret } = config.agent.saas;
  return agentValues(config, existingSecret ?? (externalSecret === undefined ? "" : "from the store"));
};

/** Key in the stack's file of a key of the chart's values. */
export const stackKey = (key: string): string =>
  key.startsWith("zen-watcher.")
    ? key.replace("zen-watcher", "watcher")
    : `agent.${key.replace("saas.externalSecret.enabled", "saas.externalSecret")}`;

/** A requirement with its keys in the stack's file. */
const inStack = (one: Requirement): Requirement => ({
  ...one,
  keys: one.keys.map(stackKey) as unknown as Requirement["keys"],
});

const shown = ({ keys, want }: Requirement, seen: unknown): string =>
  "set" in want ? "not set" : String(valueAt(seen, keys[0]));

/** Error message with the key, the profile and the control. */
const refusal = (one: Requirement, profile: ProfileName, seen: unknown): string =>
  `${stackKey(one.keys[0])}: ${shown(one, seen)}, which contradicts profile (${profile}), which has ${one.feature}: without it ${one.without}; ${wantedOf(inStack(one))}, or choose another profile (${one.controls.join(", ")})`;

const relaxation = (one: Requirement, profile: ProfileName, seen: unknown): string =>
  `hardened:zen.${stackKey(one.keys[0])} is ${shown(one, seen)} in profile ${profile}: no ${one.feature}, ${one.without} (${one.controls.join(", ")})`;

function resolveAgent(agent: AgentConfig, profile: ProfileName): ResolvedAgent {
  const own = <T>(key: string): T => valueAt(examples[profile].values, key) as T;
  return {
    ...agent,
    replicaCount: agent.replicaCount ?? own<number>("replicaCount"),
    resources: agent.resources ?? own<Resources>("resources"),
    tls: {
      ...agent.tls,
      enabled: agent.tls.enabled ?? own<boolean>("tls.enabled"),
      source: agent.tls.source ?? own<"existing" | undefined>("tls.source") ?? "existing",
    },
    rbac: {
      ...agent.rbac,
      mode: agent.rbac.mode ?? own<"scoped">("rbac.mode"),
      remediationKinds: agent.rbac.remediationKinds ?? [...kindsOf(profile)],
      observedKinds: agent.rbac.observedKinds ?? [...observed],
    },
    networkPolicy: {
      ...agent.networkPolicy,
      enabled: agent.networkPolicy.enabled ?? own<boolean>("networkPolicy.enabled"),
    },
  };
}

function resolveWatcher(watcher: ZenConfig["watcher"], profile: ProfileName): ResolvedWatcher {
  const own = <T>(key: string): T => valueAt(examples[profile].values["zen-watcher"], key) as T;
  return {
    ...watcher,
    // Without an election there is one pod, whatever the profile.
    replicaCount: watcher.replicaCount ?? (watcher.leaderElection.enabled ? own<number>("replicaCount") : 1),
    resources: watcher.resources ?? own<Resources>("resources"),
    networkPolicy: {
      ...watcher.networkPolicy,
      enabled: watcher.networkPolicy.enabled ?? own<boolean>("networkPolicy.enabled"),
    },
  };
}

function agentMistakes(agent: ResolvedAgent, profile: ProfileName): string[] {
  const { saas, tls, caMount, networkPolicy, serviceAccount, rbac } = agent;
  const lines = endpointMistakes(saas.endpoint, { profile, http: profiles[profile].http, tls: tls.enabled }).map(
    (line) => `agent.saas.endpoint: ${line}`,
  );
  for (const part of ["tenant", "cluster"] as const)
    if (!agent[part].id)
      lines.push(`agent.${part}.id: missing; the SaaS says the ${part}'s id when a cluster is registered`);
  if (saas.existingSecret !== undefined && saas.externalSecret !== undefined)
    lines.push("agent.saas.existingSecret and agent.saas.externalSecret are both set: choose one");
  if (tls.enabled && tls.source === "existing" && tls.existingSecret === "")
    lines.push(
      "agent.tls.existingSecret: missing while agent.tls.enabled is true: the agent has no client certificate; name a Secret with tls.crt and tls.key, or set agent.tls.source to cert-manager",
    );
  if (tls.enabled && tls.source === "cert-manager" && tls.certManager.issuerRef.name === "")
    lines.push("agent.tls.certManager.issuerRef.name: missing; name who signs the client certificate");
  if (caMount.enabled && (caMount.secretName === "") === (caMount.configMapName === ""))
    lines.push(
      `agent.caMount.secretName: ${caMount.secretName === "" ? "missing while agent.caMount.enabled is true; name the Secret with the authority's certificate, or a ConfigMap in" : "set, and so is"} agent.caMount.configMapName${caMount.secretName === "" ? "" : ": choose one"}`,
    );
  const commits = (agent.execution.modes ?? profiles[profile].modes["execution.modes"]).includes("gitops-immediate");
  if (commits && agent.gitops.validation === "webhook" && agent.gitops.existingSecret === "")
    lines.push(
      "agent.gitops.existingSecret: missing while agent.gitops.validation is webhook: nobody could tell who calls it; name a Secret with webhook-secret, or set agent.gitops.validation to polling",
    );
  lines.push(...repositoryMistakes(agent.gitops.repositories, commits).map((line) => `agent.gitops.${line}`));
  if (agent.replicaCount > 1 && !agent.leaderElection.enabled)
    lines.push(
      `agent.replicaCount: ${agent.replicaCount}, and agent.leaderElection.enabled is false: every pod would make each change; set agent.leaderElection.enabled to true, or agent.replicaCount to 1`,
    );
  if (rbac.mode === "broad" && rbac.namespaces.length > 0)
    lines.push("agent.rbac.mode: broad, which is every namespace, and agent.rbac.namespaces names some: choose one");
  if (networkPolicy.enabled && networkPolicy.saasCIDRs.length === 0)
    lines.push(
      "agent.networkPolicy.saasCIDRs: missing while agent.networkPolicy.enabled is true: the agent would not reach the SaaS; name its addresses (getent ahosts NAME), such as [203.0.113.10/32]",
    );
  const role = serviceAccount.annotations[roleAnnotation];
  if (role !== undefined && !roleArn.test(role))
    lines.push(`agent.serviceAccount.annotations.${roleAnnotation}: no ARN of a role; write one such as ${exampleArn}`);
  if (role === undefined && profile === "aws")
    lines.push(
      `agent.serviceAccount.annotations.${roleAnnotation}: missing, and profile is aws, whose pods have a role of AWS (IRSA); write one such as ${exampleArn}`,
    );
  return [...lines, ...modeMistakes(agent, profile)];
}

/** Error of the agent's own namespace among those it may change. */
const targetMistakes = ({ agent, namespace }: ResolvedZen): string[] =>
  ownTargets(agent.rbac.namespaces, namespace).map(
    (index) =>
      `agent.rbac.namespaces[${index}]: ${namespace} is the agent's own namespace: a remediation could change the NetworkPolicy and the objects that hold the agent (SOC2 CC6.1, SOC2 CC6.7); take it out: the agent itself is changed by its values`,
  );

/** Errors of addresses that a NetworkPolicy must not allow. */
function policyMistakes({ agent, watcher, profile }: ResolvedZen): string[] {
  const [own, theirs] = [agent.networkPolicy, watcher.networkPolicy];
  const of = (key: string, cidrs: readonly string[], reached: string): string[] =>
    networkMistakes(key, cidrs, reached, enforces(profile));
  return [
    ...(agent.enabled && own.enabled
      ? [
          ...of("agent.networkPolicy.apiServer.cidrs", own.apiServer.cidrs, "the API server"),
          ...of("agent.networkPolicy.gitCIDRs", own.gitCIDRs, "the Git server"),
          ...of("agent.networkPolicy.saasCIDRs", own.saasCIDRs, "the SaaS"),
        ]
      : []),
    ...(watcher.enabled && theirs.enabled
      ? of("watcher.networkPolicy.apiServer.cidrs", theirs.apiServer.cidrs, "the API server")
      : []),
  ];
}

/** Errors of modes that the profile does not have. */
const modeMistakes = (agent: ResolvedAgent, profile: ProfileName): string[] =>
  modeKeys.flatMap((key) => {
    const allowed: readonly string[] = profiles[profile].modes[key];
    const given = (valueAt(agent, key) ?? []) as string[];
    return given.flatMap((mode, index) =>
      allowed.includes(mode)
        ? []
        : [`agent.${key}[${index}]: ${mode} is none of profile (${profile}), which has: ${allowed.join(", ")}`],
    );
  });

function imageMistakes({ agent, watcher, profile, registryPolicy }: ResolvedZen): string[] {
  const images = [
    ...(agent.enabled ? [["agent.image.repository", agent.image.repository] as const] : []),
    ...(watcher.enabled ? [["watcher.image.repository", watcher.image.repository] as const] : []),
  ];
  return [
    ...forbiddenRegistries(registryPolicy).map(
      ({ index, full }) =>
        `registryPolicy[${index}]: ${full}: of Docker Hub only kubezen/* is allowed; name another registry (ZN-64)`,
    ),
    ...images.flatMap(([key, repository]) => {
      const wrong = registryMistake(repository, profile, registryPolicy);
      return wrong === undefined ? [] : [`${key}: ${wrong}`];
    }),
  ];
}
