import { readdirSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "../../cluster/local/addresses";
import { imageLockFile, publishImages } from "../../cluster/local/images";
import { programEnvironment } from "../../process/toolchain/locate";
import { render } from "../charts/helm";
import { canary } from "./canaries";
import { over } from "./document";
import { cluster, instance, type KubeObject, kubectl, livePods, object } from "./e2e-cluster";
import { type Forward, forward } from "./forward";
import { fromOutside } from "./outside";
import { eventually } from "./run";
import { root } from "./tree";
import { type Authority, authority, type Files } from "./zen-certificates";
import { removeZenKinds } from "./zen-project";

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

export interface SaasState {
  readonly agents: readonly { readonly instance: string }[];
  readonly observations: readonly {
    readonly name: string;
    readonly spec: { readonly eventType: string; readonly severity: string };
  }[];
  readonly results: readonly {
    readonly name: string;
    readonly uid: string;
    readonly phase: string;
    readonly message: string;
    readonly duplicates: number;
  }[];
  readonly requests: { readonly accepted: number; readonly refused: number };
  readonly certificates: Readonly<Record<string, number>>;
  readonly refusals: readonly string[];
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
const secret = (name: string, namespace: string, stringData: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
  stringData,
});

/** Applies objects. */
export const apply = (items: readonly object[], ...args: string[]): Promise<string> =>
  kubectl(["apply", ...args, "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));

/** Makes a Service reachable as port 443 of an address of the internet, with a name that pods resolve. Gives the address. */
async function outside(namespace: string, name: string, component: string, port: number): Promise<string> {
  const selector = { "app.kubernetes.io/component": component };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `${name}-node`, namespace },
    spec: { type: "NodePort", selector, ports: [{ port: 443, targetPort: port }] },
  };
  await apply([service]);
  type Service = KubeObject & { readonly spec: { readonly ports: readonly [{ readonly nodePort: number }] } };
  const { spec } = await object<Service>("service", `${name}-node`, "-n", namespace);
  const [address = ""] = (await fromOutside(spec.ports[0].nodePort)).split(":");
  await apply([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { clusterIP: "None", ports: [{ port: 443 }] },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [{ addresses: [address] }],
      ports: [{ port: 443 }],
    },
  ]);
  return address;
}

/** Sets all of it up. `name`: unique per test file; `more`: values of charts/zen-agent over the usual; `args`: of `helm template`. */
export async function zenAgents(name: string, more: object = {}, args: readonly string[] = []): Promise<ZenAgents> {
  await cluster();
  await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
  process.env.HELM_BIN ??= programEnvironment().HELM_BIN;
  const lock = require(imageLockFile) as Record<string, string>;
  const image = (one: string) => ({ repository: `${registryName}/${one}`, digest: lock[`${registryName}/${one}`] });
  const namespace = `e2e-${name}`;
  const [saas, targets] = [`${namespace}-saas`, `${namespace}-shop`];
  const [tenant, clusterId, token] = ["acme", `${name}-1`, canary("bootstrap")];
  const host = `saas.${saas}`;
  const own = await authority("zen");
  const restricted = (of: string) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: of, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  await apply([namespace, saas, targets].map(restricted));
  for (const chart of ["zen-watcher", "zen-agent"])
    for (const file of readdirSync(join(root, "charts", chart, "crds")))
      await kubectl(["apply", "--server-side", "--force-conflicts", "-f", join(root, "charts", chart, "crds", file)]);
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
  const path = "{.endpoints[*].addresses[*]} {.ports[*].port}";
  const [address = "", port = ""] = (
    await kubectl(["get", "endpointslices", "-n", "default", "kubernetes", "-o", `jsonpath=${path}`])
  )
    .trim()
    .split(/\s+/);
  const apiServer = { cidrs: [`${address}/32`], ports: [Number(port)] };
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
  const rolledOut = (of: string, deployment: string) =>
    kubectl(["rollout", "status", `deployment/${deployment}`, "-n", of, "--timeout=120s"]);
  for (const [of, deployment] of [
    [saas, "zen-saas"],
    [saas, "zen-saas-git"],
    [namespace, "zen-agent"],
  ] as const)
    await rolledOut(of, deployment);

  let page: Forward | undefined;
  const ask = async (method: string, at: string, body?: object): Promise<Response> => {
    for (let attempt = 0; ; attempt++) {
      try {
        page ??= await forward(saas, "zen-saas", 8081);
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${page.url}${at}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new TypeError(`${method} ${at}: ${answer.status} ${await answer.text()}`);
        return answer;
      } catch (error) {
        // its pod is another by now
        page?.close();
        page = undefined;
        if (attempt > 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };
  const names = async (of: string, component: string): Promise<string[]> =>
    (await livePods("-n", of, "-l", `app.kubernetes.io/component=${component}`)).map(({ metadata }) => metadata.name);
  const agents = (): Promise<string[]> => names(namespace, "agent");
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
      for (const pod of await names(of, component))
        await kubectl(["annotate", "pod", pod, "-n", of, "--overwrite", `e2e/touched=${++touched}`]);
    },
    state: async () => (await ask("GET", "/state")).json() as Promise<SaasState>,
    admin: async (method, at, body) => void (await ask(method, at, body)),
    approve: async (of, spec) =>
      void (await ask("POST", "/remediations", {
        name: of,
        spec,
        approvedBy: "ada@example.com",
        approvedVia: "ui-immediate",
      })),
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
      page?.close();
      own.remove();
      await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", namespace, saas, targets]);
      await removeZenKinds();
    },
  };
}
