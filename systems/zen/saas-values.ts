import type { SaasChartValues } from "./saas-chart-values";

/** The stand-in of the SaaS for trials, `trialSaas: true`: values of `charts/zen-saas`. */

const release = "zen-saas";
const apiPort = 8080;

/** The client of the stand-in. */
export interface SaasClient {
  readonly namespace: string;
  readonly tenant: string;
  readonly cluster: string;
  /** The agent's image: that of the stand-in is in the same registry, with the same tag. */
  readonly image: { readonly repository: string; readonly tag: string };
  /** Node port of its page; 0: none. */
  readonly nodePort: number;
  /** Networks of the nodes and of their clients. */
  readonly nodeCIDRs: readonly string[];
}

/** Namespace of the stand-in: a separate one, as the SaaS is outside of the agent's namespace too. */
export function saas({ namespace, image }: Pick<SaasClient, "namespace" | "image">) {
  const own = `${namespace.slice(0, 58)}-saas`;
  return {
    release,
    namespace: own,
    image: { repository: image.repository.replace(/[^/]+$/, release), tag: image.tag, digest: "" },
  };
}

/** Address of the stand-in for the agent. A name of two labels, which pods resolve by their search domain: the agent refuses cluster-local names. */
export const saasUrl = (client: Pick<SaasClient, "namespace" | "image">): string =>
  `http://${release}.${saas(client).namespace}:${apiPort}`;

/** The chart's values: the agents of the client's namespace may reach the API, the nodes the page where it has a node port. */
export const saasValues = (
  { namespace, tenant, cluster, nodePort, nodeCIDRs }: SaasClient,
  { repository, tag, digest }: { readonly repository: string; readonly tag: string; readonly digest: string },
  secretName: string,
) => {
  const values = {
    image: { repository, tag, digest },
    existingSecret: secretName,
    tenant: { id: tenant },
    cluster: { id: cluster },
    service: { adminNodePort: nodePort },
    networkPolicy: { enabled: true, agentNamespaces: [namespace], adminCIDRs: [...nodeCIDRs] },
  };
  return values satisfies { [K in keyof SaasChartValues]?: Partial<SaasChartValues[K]> };
};
