import { registryName } from "../../../cluster/local/addresses";
import { render } from "../../charts/support/helm";
import { canary } from "../canaries";
import { over } from "../documents/document";
import { apply, type KubeObject, kubectl, object } from "../e2e-cluster";
import { eventually } from "../run";
import { type Authority, authority, type Files } from "./zen-certificates";
import { removeZenKinds } from "./zen-project";
import {
  apiServerAddress,
  applyZenKinds,
  outside,
  podsOf,
  restricted,
  rolledOut,
  type SaasState,
  saasAdmin,
  secret,
  zenImages,
} from "./zen-saas";

/** Agents of charts/zen-agent, two replicas with mutual TLS, and the SaaS of charts/zen-saas at an address outside of the cluster. */
export interface ZenAgents {
  /** Namespace of agent and watcher. */
  readonly namespace: string;
  /** Namespace of the SaaS and the git repository. */
  readonly saas: string;
  /** Namespace whose objects may be changed. */
  readonly targets: string;
  readonly token: string;
  readonly tenant: string;
  readonly cluster: string;
  /** Name the SaaS has for the agents. */
  readonly host: string;
  /** Address of its API, and of the git repository: each with port 443. */
  readonly addresses: Readonly<Record<"saas" | "git", string>>;
  readonly authority: Authority;
  /** Login of the repository. */
  readonly git: Readonly<Record<"username" | "password", string>>;
  /** Changes a Secret of certificates, and makes the kubelet mount the new ones at once. */
  replace(which: "client" | "server" | "trust", files: Partial<Files>): Promise<void>;
  state(): Promise<SaasState>;
  admin(method: string, path: string, body?: object): Promise<void>;
  /** Approves a remediation in the SaaS. */
  approve(name: string, spec: object): Promise<void>;
  /** A ZenAgentRemediation once it is over. `limitMs`: how long that may take, a minute without. */
  ended(name: string, limitMs?: number): Promise<Remediation>;
  /** Names of the agents' pods. */
  agents(): Promise<string[]>;
  /** Name of the agent that holds the Lease. */
  leader(): Promise<string>;
  /** Logs of the agents since a moment. */
  logs(since: Date): Promise<string>;
  remove(): Promise<void>;
}

export interface Remediation extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly approvedBy?: string;
    readonly startedAt?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const ends = ["Succeeded", "Failed", "Conflict", "RolledBack", "Rejected"];

/** Sets all of it up. `name`: unique per test file; `more`: values of charts/zen-agent over the usual; `args`: of `helm template`. */
export async function zenAgents(name: string, more: object = {}, args: readonly string[] = []): Promise<ZenAgents> {
  const image = await zenImages();
  const namespace = `e2e-${name}`;
  const [saas, targets] = [`${namespace}-saas`, `${namespace}-shop`];
  const [tenant, clusterId, token] = ["acme", `${name}-1`, canary("bootstrap")];
  const host = `saas.${saas}`;
  const own = await authority("zen");
  await apply([namespace, saas, targets].map(restricted));
  await applyZenKinds();
  const gitLogin = { username: "agent", password: canary("git") };
  await apply([
    secret("bootstrap", namespace, { token }),
    secret("bootstrap", saas, { token }),
    secret("client", namespace, await own.issue("zen-agent")),
    secret("trust", namespace, { "ca.crt": own.ca }),
    secret("server", saas, await own.issue("saas", { serves: [host, `git.${saas}`] })),
    secret("responder", saas, await own.issue("responder", { responds: true })),
    secret("git", saas, gitLogin),
    secret("git", namespace, { ...gitLogin, "ca.crt": own.ca }),
  ]);
  const saasValues = {
    image: image("zen-saas"),
    existingSecret: "bootstrap",
    tenant: { id: tenant },
    cluster: { id: clusterId },
    tls: { existingSecret: "server", responderSecret: "responder" },
    git: { enabled: true, image: image("git-server"), existingSecret: "git", tlsSecret: "server" },
    // what comes in at a node's port comes from the control plane here
    networkPolicy: { enabled: false },
  };
  await apply(await render({ chart: "zen-saas", release: "zen-saas", namespace: saas, values: saasValues }));
  const addresses = { saas: await outside(saas, "saas", "saas", 8443), git: await outside(saas, "git", "git", 8443) };
  const apiServer = await apiServerAddress();
  const agentValues = {
    profile: "gitops",
    replicaCount: 2,
    image: { ...image("zen-agent"), registryPolicy: [`${registryName}/*`] },
    saas: { endpoint: `https://${host}`, existingSecret: "bootstrap", pollSeconds: 1 },
    tenant: { id: tenant },
    cluster: { id: clusterId },
    tls: { existingSecret: "client" },
    caMount: { enabled: true, secretName: "trust" },
    gitops: {
      validation: "polling",
      pollSeconds: 1,
      existingSecret: "git",
      repositories: [`https://git.${saas}/repository.git`],
    },
    rbac: { namespaces: [targets] },
    networkPolicy: {
      apiServer,
      saasCIDRs: [`${addresses.saas}/32`],
      gitCIDRs: [`${addresses.git}/32`],
    },
    "zen-watcher": { image: image("zen-watcher"), networkPolicy: { apiServer } },
  };
  const values = over(agentValues, more);
  await apply(await render({ chart: "zen-agent", release: "zen-agent", namespace, values, args }));
  await rolledOut(saas, "zen-saas", "zen-saas-git");
  await rolledOut(namespace, "zen-agent");
  const admin = saasAdmin(saas);
  const agents = (): Promise<string[]> => podsOf(namespace, "agent");
  let touched = 0;
  return {
    namespace,
    saas,
    targets,
    token,
    tenant,
    cluster: clusterId,
    host,
    addresses,
    authority: own,
    git: gitLogin,
    replace: async (which, files) => {
      const [of, component] = which === "server" ? [saas, "saas"] : [namespace, "agent"];
      await kubectl(["patch", "secret", which, "-n", of, "--type=merge", "-p", JSON.stringify({ stringData: files })]);
      // a change of the pod makes the kubelet look at its volumes now, and not within a minute
      for (const pod of await podsOf(of, component))
        await kubectl(["annotate", "pod", pod, "-n", of, "--overwrite", `e2e/touched=${++touched}`]);
    },
    state: admin.state,
    admin: admin.ask,
    approve: (of, spec) =>
      admin.ask("POST", "/remediations", {
        name: of,
        spec,
        approvedBy: "ada@example.com",
        approvedVia: "ui-immediate",
      }),
    ended: (of, limitMs) =>
      eventually(
        `remediation ${of} is over`,
        async () => {
          const found = await object<Remediation>("zar", of, "-n", namespace).catch(() => undefined);
          return ends.includes(found?.status?.phase ?? "") && found;
        },
        limitMs,
      ),
    agents,
    leader: async () =>
      (await kubectl(["get", "lease", "zen-agent", "-n", namespace, "-o", "jsonpath={.spec.holderIdentity}"])).trim(),
    logs: async (since) => {
      const at = `--since-time=${since.toISOString()}`;
      const all = await Promise.all(
        (await agents()).map((pod) => kubectl(["logs", "-n", namespace, pod, at]).catch(() => "")),
      );
      return all.join("\n");
    },
    remove: async () => {
      admin.close();
      own.remove();
      await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", namespace, saas, targets]);
      await removeZenKinds();
    },
  };
}
