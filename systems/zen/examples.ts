import type { z } from "zod";
import { localKinds, remediationKinds } from "./permissions";
import { modeKeys, type ProfileName, profiles } from "./profiles";
import { repositoryExample } from "./repositories";

/** Example values of `charts/zen-agent` for each profile, without saas.clusterToken, tenant.id and cluster.id: docs/examples is generated from them. Pure. */

type Tree = { readonly [key: string]: z.core.util.JSONType };

/** A value with comments. */
export interface Example {
  readonly values: Tree;
  /** Comments, by the key path that they are above. */
  readonly comments: Readonly<Record<string, string>>;
}

/** `{execution: {modes: […]}}` and so on, as the profile has them. */
function modesOf(profile: ProfileName): Tree {
  return Object.fromEntries(
    modeKeys.map((key) => {
      const [part = "", list = ""] = key.split(".");
      return [part, { [list]: [...profiles[profile].modes[key]] }];
    }),
  );
}

const amounts = (cpu: string, memory: string, mostCpu: string, mostMemory: string) => ({
  requests: { cpu, memory },
  limits: { cpu: mostCpu, memory: mostMemory },
});

/** Addresses reserved for documentation (RFC 5737), in place of those of the SaaS and the Git server. */
const saasAddress = "203.0.113.10/32";
const gitAddress = "203.0.113.20/32";

const addresses = {
  "networkPolicy.apiServer.cidrs": "an example: kubectl get endpointslices -n default kubernetes",
  "networkPolicy.saasCIDRs": "an example: the addresses of saas.endpoint (getent ahosts NAME)",
  "networkPolicy.gitCIDRs": "an example: the addresses of the Git server",
  "zen-watcher.networkPolicy.apiServer.cidrs": "the same as above",
};
const namespaces = {
  "gitops.existingSecret":
    "a Secret with username, password and webhook-secret, with which Flux or Argo CD signs its calls",
  "gitops.repositories": "an example: what it may commit to, or what that begins with",
  "rbac.namespaces":
    "where remediations may change objects, such as [shop]; none: nowhere. The agent's own namespace is refused",
};

const watcher = (apiServer: Tree, size: Tree) => ({
  "zen-watcher": { enabled: true, replicaCount: 2, resources: size, networkPolicy: { enabled: true, apiServer } },
});

const local: Example = {
  values: {
    profile: "local",
    replicaCount: 1,
    resources: amounts("50m", "64Mi", "200m", "256Mi"),
    saas: { endpoint: "http://host.k3d.internal:8080" },
    tls: { enabled: false },
    ...modesOf("local"),
    rbac: { mode: "broad", remediationKinds: [...remediationKinds, ...localKinds] },
    networkPolicy: { enabled: false },
    "zen-watcher": {
      enabled: true,
      replicaCount: 1,
      resources: amounts("20m", "48Mi", "200m", "256Mi"),
      networkPolicy: { enabled: false },
    },
  },
  comments: {
    "saas.endpoint": "the machine k3d runs on; or the host of an ingress",
    "tls.enabled":
      "true with a certificate of mkcert: then tls.existingSecret, caMount and an https endpoint belong to it",
  },
};

const ofGitops = { cidrs: ["10.0.0.1/32"], ports: [443, 6443] };
const gitops: Example = {
  values: {
    profile: "gitops",
    replicaCount: 2,
    resources: amounts("100m", "128Mi", "500m", "512Mi"),
    saas: { endpoint: "https://demo.kube-zen.io" },
    tls: { enabled: true, source: "existing", existingSecret: "zen-agent-client" },
    ...modesOf("gitops"),
    gitops: { validation: "webhook", existingSecret: "zen-agent-git", repositories: [repositoryExample] },
    rbac: { mode: "scoped", namespaces: [] },
    networkPolicy: {
      enabled: true,
      apiServer: ofGitops,
      saasCIDRs: [saasAddress],
      gitCIDRs: [gitAddress],
      webhookNamespaces: ["ingress-nginx"],
    },
    ...watcher(ofGitops, amounts("50m", "64Mi", "200m", "256Mi")),
  },
  comments: {
    ...addresses,
    ...namespaces,
    "saas.endpoint": "the full name of the demo's SaaS",
    "tls.existingSecret": "a Secret with tls.crt and tls.key, in the namespace of the release",
  },
};

const ofEks = { cidrs: ["10.0.0.0/16", "172.20.0.1/32"], ports: [443] };
const aws: Example = {
  values: {
    profile: "aws",
    replicaCount: 2,
    resources: amounts("200m", "256Mi", "1", "1Gi"),
    saas: {
      endpoint: "https://agent.kube-zen.io",
      externalSecret: {
        enabled: true,
        storeRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
        remoteKey: "zen/agent/bootstrap-token",
      },
    },
    tls: {
      enabled: true,
      source: "cert-manager",
      certManager: { issuerRef: { kind: "ClusterIssuer", name: "zen-clients" } },
    },
    ...modesOf("aws"),
    gitops: { validation: "webhook", existingSecret: "zen-agent-git", repositories: [repositoryExample] },
    rbac: { mode: "scoped", namespaces: [] },
    networkPolicy: {
      enabled: true,
      apiServer: ofEks,
      saasCIDRs: [saasAddress],
      gitCIDRs: [gitAddress],
      webhookNamespaces: ["ingress-nginx"],
    },
    serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/zen-agent" } },
    ...watcher(ofEks, amounts("100m", "128Mi", "500m", "512Mi")),
  },
  comments: {
    ...addresses,
    ...namespaces,
    "saas.externalSecret": "the bootstrap token, from AWS Secrets Manager; saas.clusterToken is not used beside it",
    "tls.source": "cert-manager makes the client certificate; the authority of the SaaS is a public one",
    "networkPolicy.apiServer.cidrs": "an example: the subnets of the VPC, and the address of the Service kubernetes",
    serviceAccount: "an example: the role of AWS the pods have (IRSA)",
  },
};

/** The examples by profile. */
export const examples: Readonly<Record<ProfileName, Example>> = { local, gitops, aws };

/** APIs that the cluster has to serve for an example, besides Kubernetes' own. */
export const exampleNeeds: Readonly<Record<ProfileName, readonly string[]>> = {
  local: [],
  gitops: [],
  aws: ["external-secrets.io/v1", "cert-manager.io/v1"],
};
