/** Kinds of Kubernetes itself that live outside namespaces. */
const kinds = new Set(
  (
    "APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding CustomResourceDefinition IngressClass " +
    "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass " +
    "RuntimeClass StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment"
  ).split(" "),
);

/** True for objects that belong to the whole cluster. Kinds of other makers count as namespaced. */
export function isCluster(kind: string): boolean {
  return kinds.has(kind);
}
