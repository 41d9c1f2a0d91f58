import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { Cluster } from "../../../cluster/cluster";
import { kindFaults } from "../../../cluster/custom-resources";
import { checkStack } from "../../../config/stack-schema";
import type { JsonObject } from "../../../policy/contract";
import { saidOf } from "../../../policy/evaluate/catalogue";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { systems } from "../../../systems/registry";
import { profiles } from "../../../systems/zen/profiles";
import { charts } from "../../charts/support/helm";
import { apis, refusalOf, valuesOf } from "../../charts/support/zen-agent";
import { run } from "../../support/run";
import { supplyChain } from "../../support/supply-chain";
import { root } from "../../support/tree";
import { aws, type Given, gitops, local } from "./configurations";

/** Wrong input for zen, each with what the product says of it. */

const token = { clusterToken: "hunter-two-8f2d9a7c" };
type Part = "agent" | "watcher";

/** What a stack with a profile's complete configuration and a change of one part is told. */
function ofStack(base: Given, part: Part, change: Given, credentials: object | undefined = token): string {
  const zen = { ...base, [part]: { ...(base[part] as object), ...change } };
  return said(zen, base === aws ? undefined : credentials);
}

function said(zen: Given, credentials?: object): string {
  const environment = profiles[zen.profile as "local"]?.environment ?? "prod";
  const raw = { environment, cluster: { context: "here" }, ...supplyChain, mailroom: { enabled: false }, zen };
  const checked = checkStack("test", { ...raw, ...(credentials && { zenCredentials: credentials }) }, systems);
  return "mistakes" in checked ? checked.mistakes.join("\n") : assert.fail("it is taken");
}

const endpoint = (base: Given, given: string): string =>
  ofStack(base, "agent", { saas: { ...((base.agent as Given).saas as object), endpoint: given } });

/** What is said of kinds that a cluster has, or has not. */
function ofKinds(found: object | undefined, installed: boolean): Promise<string> {
  const cluster = { list: async () => (found === undefined ? [] : [found]) } as unknown as Cluster;
  const wanted = { name: "observations.zen.kube-zen.io", version: "v1", installed, by: "hardened:zen.crds.install" };
  return kindFaults(cluster, "prod", [wanted]).then((all) => all.join("\n"));
}
const kind = (version: string) => ({
  metadata: {
    name: "observations.zen.kube-zen.io",
    labels: {},
    annotations: { "meta.helm.sh/release-name": "watch", "meta.helm.sh/release-namespace": "zen" },
  },
  spec: {
    group: "zen.kube-zen.io",
    names: { plural: "observations" },
    versions: [{ name: version, served: true, storage: true }],
  },
});

/** What the policy pack says of a token in the values of a release. */
async function tokenInValues(): Promise<string> {
  const values = valuesOf("gitops", { saas: token }) as JsonObject;
  const request = {
    chart: join(charts, "zen-agent"),
    name: "zen-agent",
    namespace: "zen",
    values,
    kubeVersion: "1.36",
  };
  const podSecurity = { level: "restricted", version: "latest" } as const;
  const { verdict } = await evaluateChart({ ...request, apiVersions: apis }, { profile: "staging", podSecurity });
  return verdict.findings.map(saidOf).join("\n");
}

const gate = async (): Promise<string> => {
  const env = { ...process.env, RUN_HELM_LINT: "yes" };
  return (await run(join(root, "charts/zen-agent/scripts/ci/helm-charts-optional.sh"), [], { env })).stderr;
};

const networks = (cidr: string): Given => ({
  networkPolicy: { ...((aws.agent as Given).networkPolicy as object), saasCIDRs: [cidr] },
});
const arn = "eks.amazonaws.com/role-arn";
const role = (given: string): Given => ({ serviceAccount: { annotations: given === "" ? {} : { [arn]: given } } });

/** By what is wrong, in the words of docs/reference/zen-bad-input.md: what the product says. */
export const badInput: Readonly<Record<string, () => string | Promise<string>>> = {
  "no token": () => said(gitops),
  "a placeholder as the token": () => said(gitops, { clusterToken: "YOUR_TOKEN" }),
  "a token of two sources": () => said(aws, token),
  "a token in a values file": tokenInValues,
  "no tenant": () => ofStack(gitops, "agent", { tenant: { id: "" } }),
  "a placeholder as the tenant": () => ofStack(gitops, "agent", { tenant: { id: "TENANT_ID" } }),
  "a placeholder as the cluster": () => ofStack(gitops, "agent", { cluster: { id: "CLUSTER_ID" } }),
  "an endpoint in the cluster": () => endpoint(gitops, "https://agent.zen.svc.cluster.local"),
  "an endpoint without a scheme": () => endpoint(gitops, "agent.kube-zen.io"),
  "an address as the endpoint": () => endpoint(gitops, "https://10.0.0.1"),
  "an endpoint with a path": () => endpoint(gitops, "https://agent.kube-zen.io/api"),
  "localhost outside of local": () => endpoint(gitops, "https://localhost"),
  "http outside of local": () => endpoint(gitops, "http://agent.kube-zen.io"),
  "mutual TLS without a certificate": () => ofStack(gitops, "agent", { tls: { enabled: true } }),
  "a server that is not verified": () =>
    ofStack(aws, "agent", { tls: { ...((aws.agent as Given).tls as object), insecure: true } }),
  "an authority without a name": () => refusalOf("gitops", { caMount: { enabled: true } }),
  "an authority of mkcert in aws": () => ofStack(aws, "agent", { caMount: { enabled: true, secretName: "mkcert" } }),
  "a role that is none": () => ofStack(aws, "agent", role("zen")),
  "aws without a role": () => ofStack(aws, "agent", role("")),
  "no profile": () => said({ ...aws, profile: undefined }),
  "an unknown profile": () => said({ ...aws, profile: "production" }),
  "a profile and values that contradict each other": () =>
    ofStack(aws, "agent", { networkPolicy: { ...((aws.agent as Given).networkPolicy as object), enabled: false } }),
  "a stack that is laxer than its profile": () => {
    const raw = { environment: "dev", cluster: { context: "here" }, ...supplyChain, zen: aws };
    const checked = checkStack("test", raw, systems);
    return "mistakes" in checked ? checked.mistakes.join("\n") : assert.fail("it is taken");
  },
  "a pull request at a later time": () => ofStack(aws, "agent", { execution: { modes: ["scheduled-gitops"] } }),
  "a mode of another profile": () => ofStack(aws, "agent", { rollback: { modes: ["git-revert"] } }),
  "several agents without election": () => refusalOf("gitops", { leaderElection: { enabled: false } }),
  "an autoscaler of the watcher without election": () =>
    ofStack(gitops, "watcher", { hpa: { enabled: true }, leaderElection: { enabled: false } }),
  "an image of Docker Hub": () => ofStack(aws, "agent", { image: { repository: "index.docker.io/acme/zen-agent" } }),
  "Docker Hub as a registry": () => said({ ...aws, registryPolicy: ["nginx"] }),
  "an image of Docker Hub by its port": () =>
    refusalOf("aws", { image: { repository: "registry.hub.docker.com:443/acme/zen-agent" } }),
  "its own namespace to change": () => ofStack(aws, "agent", { rbac: { namespaces: ["shop", "zen"] } }),
  "no repository where it commits": () => ofStack(gitops, "agent", { gitops: { pollSeconds: 10 } }),
  "a repository with a login": () =>
    refusalOf("gitops", { gitops: { repositories: ["https://me:hunter-two@git.example.com/shop"] } }),
  "a network that is too wide": () => ofStack(aws, "agent", networks("0.0.0.0/0")),
  "a network with the cloud's metadata": () =>
    refusalOf("gitops", { networkPolicy: { gitCIDRs: ["169.254.169.254/32"] } }),
  "a page of the stand-in for every pod": () =>
    said({ enabled: true, profile: "local", trialSaas: true, trialSaasNodePort: 30_081 }),
  "a wildcard": () => ofStack(aws, "agent", { rbac: { remediationKinds: ["*"] } }),
  "Secrets to change": () => ofStack(aws, "agent", { rbac: { remediationKinds: ["secrets"] } }),
  "kinds that are not there": () => ofKinds(undefined, false),
  "kinds of another owner": () => ofKinds(kind("v1"), true),
  "kinds that are too old": () => ofKinds(kind("v1alpha1"), false),
  "a ServiceMonitor without its kind": () => refusalOf("gitops", { serviceMonitor: { enabled: true } }),
  "a VMServiceScrape without its kind": () => refusalOf("gitops", { vmServiceScrape: { enabled: true } }),
  "no address of the API server": () => refusalOf("gitops", { networkPolicy: { apiServer: { cidrs: [] } } }),
  "no address of the SaaS": () => refusalOf("gitops", { networkPolicy: { saasCIDRs: [] } }),
  "a gate that is neither 0 nor 1": gate,
  "an unknown key": () => ofStack(local, "watcher", { replicas: 2 }),
};
