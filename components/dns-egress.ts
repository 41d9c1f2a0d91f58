/** NetworkPolicy egress rule that allows queries to the cluster's DNS and nothing else. */
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
