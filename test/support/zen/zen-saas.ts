import { readdirSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "../../../cluster/local/addresses";
import { imageLockFile, publishImages } from "../../../cluster/local/images";
import { programEnvironment } from "../../../process/toolchain/locate";
import { apply, cluster, instance, type KubeObject, kubectl, livePods, object } from "../e2e-cluster";
import { type Forward, forward } from "../network/forward";
import { fromOutside } from "../network/outside";
import { root } from "../tree";

/** What agents and the SaaS of charts/zen-saas need on the shared cluster, and what the SaaS knows. */

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
  /** Accepted requests by the serial number of the agent's certificate. */
  readonly certificates: Readonly<Record<string, number>>;
  /** Handshakes by the serial number of the SaaS' certificate. */
  readonly handshakes: Readonly<Record<string, number>>;
  readonly refusals: readonly string[];
}

/** Brings the cluster up with zen's images, and returns what a chart's values say of one. */
export async function zenImages() {
  await cluster();
  await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
  process.env.HELM_BIN ??= programEnvironment().HELM_BIN;
  const lock = require(imageLockFile) as Record<string, string>;
  return (one: string) => ({ repository: `${registryName}/${one}`, digest: lock[`${registryName}/${one}`] });
}

/** Defines the kinds of agent and watcher. */
export async function applyZenKinds(): Promise<void> {
  for (const chart of ["zen-watcher", "zen-agent"])
    for (const file of readdirSync(join(root, "charts", chart, "crds")))
      await kubectl(["apply", "--server-side", "--force-conflicts", "-f", join(root, "charts", chart, "crds", file)]);
}

/** A namespace under the restricted standard. */
export const restricted = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
});

/** A Secret of texts. */
export const secret = (name: string, namespace: string, stringData: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
  stringData,
});

/** Makes a Service reachable as port 443 of an address of the internet, with a name that pods resolve. Returns the address. */
export async function outside(namespace: string, name: string, component: string, port: number): Promise<string> {
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

/** Address of the API server, as values of a policy say it. */
export async function apiServerAddress() {
  const path = "{.endpoints[*].addresses[*]} {.ports[*].port}";
  const found = await kubectl(["get", "endpointslices", "-n", "default", "kubernetes", "-o", `jsonpath=${path}`]);
  const [address = "", port = ""] = found.trim().split(/\s+/);
  return { cidrs: [`${address}/32`], ports: [Number(port)] };
}

/** Waits for Deployments. */
export async function rolledOut(namespace: string, ...deployments: readonly string[]): Promise<void> {
  for (const one of deployments)
    await kubectl(["rollout", "status", `deployment/${one}`, "-n", namespace, "--timeout=120s"]);
}

/** Names of the pods of a component. */
export const podsOf = async (namespace: string, component: string): Promise<string[]> =>
  (await livePods("-n", namespace, "-l", `app.kubernetes.io/component=${component}`)).map(
    ({ metadata }) => metadata.name,
  );

/** The side of the SaaS for people, also when its pod is another one by now. */
export function saasAdmin(namespace: string) {
  let page: Forward | undefined;
  const close = (): void => {
    page?.close();
    page = undefined;
  };
  const request = async (method: string, at: string, body?: object): Promise<Response> => {
    for (let attempt = 0; ; attempt++) {
      try {
        page ??= await forward(namespace, "zen-saas", 8081);
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${page.url}${at}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new TypeError(`${method} ${at}: ${answer.status} ${await answer.text()}`);
        return answer;
      } catch (error) {
        close();
        if (attempt > 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };
  return {
    state: async () => (await request("GET", "/state")).json() as Promise<SaasState>,
    ask: async (method: string, at: string, body?: object): Promise<void> => void (await request(method, at, body)),
    close,
  };
}
