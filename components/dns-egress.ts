/** Lets pods ask the cluster's DNS for names, and reach nothing else: a rule of a NetworkPolicy. */
export const dnsEgress: {
  readonly to: {
    namespaceSelector: { matchLabels: Record<string, string> };
    podSelector: { matchLabels: Record<string, string> };
  }[];
  readonly ports: { protocol: "UDP" | "TCP"; port: number }[];
} = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
