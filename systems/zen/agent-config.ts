import { z } from "zod";
import { storeKinds } from "../../cluster/secret-stores";
import { dnsLabel, flag, text } from "../schema";
import { annotations } from "../workload-schema";
import { agentShape } from "./chart-values";
import { isPlaceholderId } from "./credentials";
import { type ModeKey, modes, scheduledGitops } from "./profiles";
import { policyConfig, zenImage } from "./watcher-config";

/** `agent` of `hardened:zen`: configuration of zen-agent. Defaults are the profile's. */

const { saas, tls, caMount, validation, gitops, rbac, networkPolicy, metrics } = agentShape;

/** Modes as a list; the mode of a scheduled pull request has an error message of its own. */
const modesOf = (key: ModeKey) => {
  const known: readonly string[] = modes[key];
  const one = z.string().superRefine((mode, { addIssue }) => {
    const later: readonly string[] = key === "execution.modes" ? scheduledGitops : [];
    if (later.includes(mode))
      addIssue(
        `${mode} is not available: a pull request at a later time is only planned; there are: ${known.join(", ")}`,
      );
    else if (!known.includes(mode)) addIssue(`expected one of ${known.join(", ")}`);
  });
  return z.array(one).min(1, "expected at least one").optional().describe("Default: all of the profile.");
};

/** An id; an empty one counts as missing. */
const id = (shape: typeof agentShape.tenant.shape.id) =>
  shape
    .refine((given) => !isPlaceholderId(given), "still a placeholder; put the real value")
    .optional()
    .describe("Required.");

const wildcard = (given: readonly string[], { addIssue }: z.RefinementCtx<string[]>): void => {
  for (const [index, one] of given.entries()) {
    if (one.includes("*"))
      addIssue({
        code: "custom",
        path: [index],
        message:
          "a wildcard grants what comes later too (SOC2 CC6.1); name the resources, such as networkpolicies.networking.k8s.io",
      });
    if (/^secrets(\/|$)/.test(one))
      addIssue({
        code: "custom",
        path: [index],
        message: "the agent never reads nor changes Secrets (SOC2 CC6.1); take them out",
      });
  }
};

const token = z
  .strictObject({
    endpoint: z.string("expected an address").optional().describe("Required: such as https://agent.kube-zen.io."),
    existingSecret: dnsLabel("the Secret's name")
      .optional()
      .describe("Secret of the namespace with the bootstrap token, in place of hardened:zenCredentials."),
    existingSecretKey: saas.shape.existingSecretKey.default("token"),
    externalSecret: z
      .strictObject({
        storeRef: z
          .strictObject({
            kind: z.enum(storeKinds).default("ClusterSecretStore").describe("Kind of the store."),
            name: dnsLabel("the store's name").describe("Name of the store."),
          })
          .describe("Store of the External Secrets Operator."),
        remoteKey: text("the entry's name in the store").describe("Entry whose property token is the bootstrap token."),
        refreshInterval: saas.shape.externalSecret.shape.refreshInterval.default("1h"),
      })
      .optional()
      .describe("The bootstrap token from a store of the cluster."),
    pollSeconds: saas.shape.pollSeconds.default(10),
  })
  .prefault({})
  .describe("The SaaS the agent works for.");

export const agentConfig = z
  .strictObject({
    enabled: flag().default(true).describe("false: there is the watcher alone."),
    release: dnsLabel("the release name", 53).default("zen-agent").describe("Name of the Helm release."),
    image: zenImage("kubezen/zen-agent"),
    replicaCount: agentShape.replicaCount.optional().describe("Pods, one of which acts. Default: by profile."),
    leaderElection: z
      .strictObject({ enabled: agentShape.leaderElection.shape.enabled.default(true) })
      .prefault({})
      .describe("Who acts where there are several pods."),
    resources: agentShape.resources.optional().describe("Resources of the agent. Default: by profile."),
    saas: token,
    tenant: z
      .strictObject({ id: id(agentShape.tenant.shape.id) })
      .prefault({})
      .describe("Whose cluster it is."),
    cluster: z
      .strictObject({ id: id(agentShape.cluster.shape.id) })
      .prefault({})
      .describe("Which cluster it is."),
    tls: z
      .strictObject({
        enabled: flag().optional().describe("Mutual TLS with the SaaS. Default: by profile."),
        insecure: tls.shape.insecure.default(false),
        source: tls.shape.source.optional().describe(`${tls.shape.source.description} Default: by profile.`),
        existingSecret: tls.shape.existingSecret.default(""),
        ocsp: tls.shape.ocsp.default("must-staple"),
        certManager: z
          .strictObject({
            issuerRef: z
              .strictObject({
                name: tls.shape.certManager.shape.issuerRef.shape.name.default(""),
                kind: tls.shape.certManager.shape.issuerRef.shape.kind.default("ClusterIssuer"),
              })
              .prefault({})
              .describe("Issuer of cert-manager."),
            duration: tls.shape.certManager.shape.duration.default("24h"),
            renewBefore: tls.shape.certManager.shape.renewBefore.default("8h"),
            dnsNames: tls.shape.certManager.shape.dnsNames.default([]),
          })
          .prefault({})
          .describe("The Certificate of source cert-manager."),
      })
      .prefault({})
      .describe("Mutual TLS with the SaaS."),
    caMount: z
      .strictObject({
        enabled: caMount.shape.enabled.default(false),
        secretName: caMount.shape.secretName.default(""),
        configMapName: caMount.shape.configMapName.default(""),
        key: caMount.shape.key.default("ca.crt"),
      })
      .prefault({})
      .describe("An authority of one's own."),
    execution: z
      .strictObject({ modes: modesOf("execution.modes") })
      .prefault({})
      .describe("How a change is made."),
    approval: z
      .strictObject({ modes: modesOf("approval.modes") })
      .prefault({})
      .describe("Who approves one."),
    validation: z
      .strictObject({
        probes: modesOf("validation.probes"),
        httpPorts: validation.shape.httpPorts.default([]),
        prometheusUrl: validation.shape.prometheusUrl.default(""),
      })
      .prefault({})
      .describe("How a change is validated."),
    rollback: z
      .strictObject({ modes: modesOf("rollback.modes") })
      .prefault({})
      .describe("How one is taken back."),
    gitops: z
      .strictObject({
        validation: gitops.shape.validation.default("polling"),
        pollSeconds: gitops.shape.pollSeconds.default(10),
        existingSecret: gitops.shape.existingSecret.default(""),
        repositories: gitops.shape.repositories.default([]),
        branches: gitops.shape.branches.default([]),
      })
      .prefault({})
      .describe("Changes by commits to a Git repository."),
    rbac: z
      .strictObject({
        mode: rbac.shape.mode.optional().describe(`${rbac.shape.mode.description} Default: by profile.`),
        namespaces: rbac.shape.namespaces.default([]),
        remediationKinds: rbac.shape.remediationKinds
          .superRefine(wildcard)
          .optional()
          .describe("Resources a remediation may change, such as deployments.apps. Default: by profile."),
        observedKinds: rbac.shape.observedKinds.superRefine(wildcard).optional(),
      })
      .prefault({})
      .describe("What the agent may see and change."),
    networkPolicy: z
      .strictObject({
        ...policyConfig(networkPolicy.shape, "The API server, which is no pod."),
        saasCIDRs: networkPolicy.shape.saasCIDRs.default([]),
        saasPorts: networkPolicy.shape.saasPorts.default([]),
        gitCIDRs: networkPolicy.shape.gitCIDRs.default([]),
        gitPorts: networkPolicy.shape.gitPorts.default([443]),
        webhookNamespaces: networkPolicy.shape.webhookNamespaces.default([]),
      })
      .prefault({})
      .describe("Who reaches the agent, and what it reaches."),
    metrics: z
      .strictObject({
        enabled: metrics.shape.enabled.default(true),
        scrape: z
          .enum(["annotations", "serviceMonitor", "vmServiceScrape"])
          .default("annotations")
          .describe("How Prometheus or VictoriaMetrics discovers the metrics endpoint."),
        interval: metrics.shape.interval.default("30s"),
      })
      .prefault({})
      .describe("Metrics endpoint for Prometheus."),
    serviceAccount: z
      .strictObject({
        annotations: annotations.default({}).describe("Annotations, such as eks.amazonaws.com/role-arn."),
      })
      .prefault({})
      .describe("The agent's account."),
    fullnameOverride: dnsLabel("the full name").optional().describe("Full name of the agent's objects."),
  })
  .prefault({})
  .describe("zen-agent: executes what the SaaS approves.");
export type AgentConfig = z.output<typeof agentConfig>;
