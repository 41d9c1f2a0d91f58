import { type Cluster, unlessForbidden } from "./cluster";

/** Whether the network policies of the program and its charts let pods resolve names in this cluster. */

const page = "docs/how-to/use-your-own-cluster.md#dns";
const allowed = "kube-dns";
const cache = "node-local-dns";

/** What is read of a pod. */
export interface DnsPod {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** Warnings by the pods that serve DNS in kube-system. */
export function dnsWarnings(pods: readonly DnsPod[]): string[] {
  const has = (label: string): boolean => pods.some(({ metadata }) => metadata.labels?.["k8s-app"] === label);
  return [
    ...(has(allowed)
      ? []
      : [
          `the cluster has no pod labelled k8s-app=${allowed} in kube-system, and the network policies allow DNS to those alone: pods would resolve no name; allow your cluster's DNS (${page})`,
        ]),
    ...(has(cache)
      ? [
          `the cluster runs NodeLocal DNSCache, and the network policies allow DNS to the pods of kube-dns alone: pods that ask the cache may resolve no name; allow its address (${page})`,
        ]
      : []),
  ];
}

/** The same for a live cluster; empty when the user may not list its pods. Throws ClusterUnavailable. */
export const dnsFaults = (cluster: Cluster): Promise<string[]> =>
  unlessForbidden(
    cluster
      .list<DnsPod>("pods", { namespace: "kube-system", selector: `k8s-app in (${allowed}, ${cache})` })
      .then(dnsWarnings),
    [],
  );
