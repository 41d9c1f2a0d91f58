import { z } from "zod";
import { storeKinds } from "../../cluster/secret-stores";
import { chartKeys, dnsLabel, flag, helmKeys, imageShape, objectName, resources, wholeNumber } from "../schema";
import { annotations, duration, spreadShape } from "../workload-schema";
import { apiServer, cidrs, deepPartial, policyShape, ports, wordList } from "./chart-schema";
import { watcherChartValues } from "./watcher-chart-values";

/** Values of `charts/zen-agent`; its values.schema.json is generated from this type. What depends on the profile, or on another key, is validated by its templates. */

const mode = (what: string) => wordList(`${what} in lower case`, /^[a-z][a-z-]*$/);
/** Durations such as 2160h, in Go's format. */
const hours = z.string().regex(/^(\d+(h|m|s))+$/, 'expected a time such as "2160h"');
const name = (what: string) => objectName(what);
const identity = (what: string) =>
  z
    .string(`expected ${what}`)
    .max(63, `expected ${what} of at most 63 characters`)
    .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/, `expected ${what}: letters, digits, ".", "_" and "-"`);
const resource = wordList(
  "resources such as deployments.apps or resourcequotas",
  /^(\*|[a-z][a-z0-9]*|\*?[a-z0-9]*\.[a-z0-9*][a-z0-9.*-]*)$/,
);

/** Keys of an image with the registries it may come from. */
export const agentImage = z.strictObject({
  ...imageShape,
  registryPolicy: wordList(
    "registries such as kubezen/* or ghcr.io/kube-zen/*",
    /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*(\/\*)?$/,
  ).describe("Registries the images of agent and watcher may come from; if empty, those of the profile."),
});

/** The parts of the values that a stack's configuration has too. */
export const agentShape = {
  image: agentImage.describe("The agent's image."),
  replicaCount: wholeNumber(1, 10).describe("Pods; one of them acts, the others stand by."),
  leaderElection: z
    .strictObject({ enabled: flag().describe("false: the one pod acts without asking the others.") })
    .describe("Who acts where there are several pods."),
  resources: resources.describe("Resources of the agent."),
  saas: z
    .strictObject({
      endpoint: z.string("expected an address").describe("Address of the SaaS, such as https://agent.kube-zen.io."),
      clusterToken: z.string("expected a text").describe("Bootstrap token, for trials: it is kept in the release."),
      existingSecret: name("a Secret's name").describe("Secret with the token, in place of clusterToken."),
      existingSecretKey: z
        .string()
        .regex(/^[-._a-zA-Z0-9]+$/, "expected a key of a Secret")
        .describe("Key of the token in the Secret."),
      externalSecret: z
        .strictObject({
          enabled: flag().describe("Whether the External Secrets Operator keeps the Secret with the token."),
          storeRef: z
            .strictObject({
              kind: z.enum(storeKinds, `expected ${storeKinds.join(" or ")}`).describe("Kind of the store."),
              name: name("the store's name").describe("Name of the store."),
            })
            .describe("Store of Vault, AWS Secrets Manager or another provider."),
          remoteKey: z.string("expected the entry's name").describe("Entry of the store."),
          property: z.string("expected a property's name").describe("Property of the entry; if empty, all of it."),
          refreshInterval: duration("a time").describe("How often it is read again."),
          served: flag().describe("true: the operator was looked for before, or there is no cluster to ask."),
        })
        .describe("The token from a store of the cluster, in place of clusterToken."),
      pollSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe("How often the SaaS is asked."),
    })
    .describe("The SaaS the agent works for."),
  tenant: z.strictObject({ id: identity("a tenant's id").describe("Required.") }).describe("Whose cluster it is."),
  cluster: z.strictObject({ id: identity("a cluster's id").describe("Required.") }).describe("Which cluster it is."),
  tls: z
    .strictObject({
      enabled: flag().describe("Whether the agent shows a client certificate, and speaks TLS alone."),
      insecure: flag().describe("true: the server's certificate is not verified; in profile local alone."),
      source: z
        .enum(["existing", "cert-manager"], "expected existing or cert-manager")
        .describe("existing: the Secret existingSecret. cert-manager: a Certificate is made."),
      existingSecret: name("a Secret's name").describe("Secret with tls.crt and tls.key; a ca.crt of it is not used."),
      ocsp: z
        .enum(["off", "must-staple", "required"], "expected off, must-staple or required")
        .describe(
          "must-staple: a server whose certificate asks for a staple has to send a good one. required: every server.",
        ),
      certManager: z
        .strictObject({
          issuerRef: z
            .strictObject({
              name: name("an issuer's name").describe("Who signs."),
              kind: z.enum(["Issuer", "ClusterIssuer"], "expected Issuer or ClusterIssuer").describe("Kind of it."),
            })
            .describe("Issuer of cert-manager."),
          duration: hours.describe("How long a certificate is good."),
          renewBefore: hours.describe("How long before its end it is renewed."),
          dnsNames: wordList("host names", /^[a-z0-9*]([-a-z0-9.]*[a-z0-9])?$/).describe(
            "Names in it; if empty, the agent's own.",
          ),
          served: flag().describe("true: cert-manager was looked for before, or there is no cluster to ask."),
        })
        .describe("The Certificate of source cert-manager."),
    })
    .describe("Mutual TLS with the SaaS."),
  caMount: z
    .strictObject({
      enabled: flag().describe("Whether an authority of one's own is trusted, such as mkcert's."),
      secretName: name("a Secret's name").describe("Secret with its certificate."),
      configMapName: name("a ConfigMap's name").describe("ConfigMap with it, in place of a Secret."),
      key: z
        .string()
        .regex(/^[-._a-zA-Z0-9]+$/, "expected a key")
        .describe("Key of the certificate."),
    })
    .describe("An authority of one's own."),
  execution: z
    .strictObject({ modes: mode("modes").describe("If empty, those of the profile.") })
    .describe("How a change is made."),
  approval: z
    .strictObject({ modes: mode("modes").describe("If empty, those of the profile.") })
    .describe("Who approves one."),
  validation: z
    .strictObject({
      probes: mode("probes").describe("If empty, those of the profile."),
      httpPorts: z
        .array(
          z.union(
            [wholeNumber(1, 65_535), z.string().regex(/^[a-z0-9-]{0,14}[a-z][a-z0-9-]{0,14}$/)],
            "expected a port from 1 to 65535, or the name of one",
          ),
        )
        .describe("Ports of pods in rbac.namespaces that the probe http may ask by their Service; if empty, none."),
      prometheusUrl: z
        .string("expected an address")
        .regex(/^(https?:\/\/[^\s/?#@]+\/?)?$/, "expected an address such as http://prometheus.monitoring:9090")
        .describe("Prometheus that the probe metrics asks; without one it is left out."),
    })
    .describe("How a change is validated."),
  rollback: z
    .strictObject({ modes: mode("modes").describe("If empty, those of the profile.") })
    .describe("How one is taken back."),
  gitops: z
    .strictObject({
      validation: z
        .enum(["polling", "webhook"], "expected polling or webhook")
        .describe("How the agent learns that a commit is in the cluster."),
      pollSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe("Interval of polling."),
      branches: wordList("names of branches", /^[A-Za-z0-9][-A-Za-z0-9._/]*$/).describe(
        "Branches it may commit to beside the remediation's own, zen/<name>.",
      ),
      existingSecret: name("a Secret's name").describe(
        "Secret with username and password for the repository, and webhook-secret for validation webhook.",
      ),
      repositories: z
        .array(z.string("expected an address such as https://git.example.com/shop/"))
        .describe("Repositories it may commit to, or what they begin with; required with gitops-immediate."),
    })
    .describe("Changes by commits to a Git repository."),
  rbac: z
    .strictObject({
      mode: z
        .enum(["scoped", "broad"], "expected scoped or broad")
        .describe("scoped: a Role in each of the namespaces. broad: every namespace, in profile local alone."),
      namespaces: z
        .array(dnsLabel("a namespace"))
        .describe("Where it may change objects, never its own namespace; if empty, nowhere."),
      remediationKinds: resource.describe("Resources a remediation may change, such as deployments.apps."),
      observedKinds: resource.describe("Resources the agent may look at."),
    })
    .describe("What the agent may see and change."),
  networkPolicy: z
    .strictObject({
      ...policyShape,
      apiServer: apiServer(""),
      saasCIDRs: cidrs("addresses of the SaaS such as 203.0.113.10/32").describe(
        "Addresses of saas.endpoint; required when enabled.",
      ),
      saasPorts: z.array(wholeNumber(1, 65_535)).describe("Its ports; if empty, that of saas.endpoint."),
      gitCIDRs: cidrs("addresses of the Git server").describe("Addresses of the Git server, for gitops-immediate."),
      gitPorts: ports.describe("Its ports."),
      webhookNamespaces: z
        .array(dnsLabel("a namespace"))
        .describe("Namespaces whose pods may reach the webhook, such as that of the ingress controller."),
    })
    .describe("Who reaches the agent, and what it reaches: the SaaS, the API server, cluster DNS and the Git server."),
  metrics: z
    .strictObject({
      enabled: flag().describe("Whether the metrics endpoint is told of."),
      interval: duration("a time").describe("Scrape interval of a ServiceMonitor or VMServiceScrape."),
    })
    .describe("Metrics endpoint for Prometheus."),
  serviceAccount: z
    .strictObject({ annotations: annotations.describe("Annotations, such as eks.amazonaws.com/role-arn.") })
    .describe("The agent's account."),
};

const switched = z.strictObject({ enabled: flag().describe("Whether there is one.") });

/** Values of `charts/zen-agent`. */
export const chartValues = z.strictObject({
  profile: z.string("expected local, gitops or aws").describe("local, gitops or aws; required."),
  ...agentShape,
  serviceMonitor: switched.describe("A ServiceMonitor of the Prometheus operator, in place of annotations."),
  vmServiceScrape: switched.describe("A VMServiceScrape of VictoriaMetrics' operator, in place of annotations."),
  "zen-watcher": (deepPartial(watcherChartValues) as z.ZodObject)
    .extend({ enabled: flag().describe("Whether the watcher comes along.") })
    .describe("The watcher, and its values."),
  podAnnotations: annotations.describe("Annotations of the pods: a change restarts them."),
  spread: z.strictObject(spreadShape).describe("Topology spread of the pods."),
  ...chartKeys,
  ...helmKeys,
});
export type ChartValues = z.output<typeof chartValues>;
