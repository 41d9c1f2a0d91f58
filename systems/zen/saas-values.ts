import type { SaasChartValues } from "./saas-chart-values";

/** The stand-in of the SaaS for trials, `trialSaas: true`, and what it means for `charts/zen-saas`. */

const release = "zen-saas";
const apiPort = 8080;

/** Whom the stand-in serves. */
export interface SaasClient {
  readonly namespace: string;
  readonly tenant: string;
  readonly cluster: string;
  /** The agent's image: that of the stand-in lies beside it, under the same tag. */
  readonly image: { readonly repository: string; readonly tag: string };
  /** Node port of its page; 0: none. */
  readonly nodePort: number;
  /** Networks of the nodes and of who calls them. */
  readonly nodeCIDRs: readonly string[];
}

/** Where the stand-in runs: a namespace of its own, as the SaaS is no neighbour of the agent either. */
export function saas({ namespace, image }: Pick<SaasClient, "namespace" | "image">) {
  const own = `${namespace.slice(0, 58)}-saas`;
  return {
    release,
    namespace: own,
    image: { repository: image.repository.replace(/[^/]+$/, release), tag: image.tag, digest: "" },
  };
}

/** Address the agent asks. A name of two parts, which pods resolve by their search domain: the agent takes no name of the cluster itself. */
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
