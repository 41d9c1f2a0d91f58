/** Cluster-scoped kinds: Kubernetes' own from the API server's discovery, and those of its other projects. Pure. */
import { groupOf, type KindScope, knownKinds } from "./kind-table";

/** Kinds by group that the discovery of supported versions does not have; `!` for those of the whole cluster. First what ended before, then the custom
 *  kinds of Kubernetes' own projects by their CRDs: kubernetes-sigs/gateway-api, network-policy-api, kueue, metrics-server, node-feature-discovery;
 *  kubernetes/autoscaler; k8stopologyawareschedwg/noderesourcetopology-api; kubernetes-csi/external-snapshotter. */
const more: Readonly<Record<string, string>> = {
  "auditregistration.k8s.io": "AuditSink!",
  extensions: "DaemonSet Deployment Ingress NetworkPolicy PodSecurityPolicy! ReplicaSet",
  "networking.k8s.io": "ClusterCIDR!",
  policy: "PodSecurityPolicy!",
  "settings.k8s.io": "PodPreset",

  "autoscaling.k8s.io": "VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint",
  "gateway.networking.k8s.io":
    "BackendTLSPolicy GRPCRoute Gateway GatewayClass! HTTPRoute ListenerSet ReferenceGrant TCPRoute TLSRoute UDPRoute",
  "gateway.networking.x-k8s.io": "XBackendTrafficPolicy XListenerSet XMesh!",
  "groupsnapshot.storage.k8s.io": "VolumeGroupSnapshot VolumeGroupSnapshotClass! VolumeGroupSnapshotContent!",
  "kueue.x-k8s.io":
    "AdmissionCheck! ClusterQueue! Cohort! LocalQueue MultiKueueCluster! MultiKueueConfig! ProvisioningRequestConfig! ResourceFlavor! Topology! Workload WorkloadPriorityClass!",
  "metrics.k8s.io": "NodeMetrics! PodMetrics",
  "nfd.k8s-sigs.io": "NodeFeature NodeFeatureGroup NodeFeatureRule!",
  "policy.networking.k8s.io": "AdminNetworkPolicy! BaselineAdminNetworkPolicy! ClusterNetworkPolicy!",
  "snapshot.storage.k8s.io": "VolumeSnapshot VolumeSnapshotClass! VolumeSnapshotContent!",
  "topology.node.k8s.io": "NodeResourceTopology!",
};

const keyOf = (group: string, kind: string): string => `${group} ${kind}`;

const scopes = new Map<string, KindScope>();
for (const [group, kinds] of Object.entries(more))
  for (const kind of kinds.split(" "))
    scopes.set(keyOf(group, kind.replace("!", "")), kind.endsWith("!") ? "Cluster" : "Namespaced");
for (const { apiVersion, kind, scope } of knownKinds)
  if (scope !== undefined) scopes.set(keyOf(groupOf(apiVersion), kind), scope);

/** Where objects of a kind live, whatever the version of its group; undefined for kinds of other makers, which may live in either place. */
export function scopeOf(apiVersion: string, kind: string): KindScope | undefined {
  return scopes.get(keyOf(groupOf(apiVersion), kind));
}

/** True for objects that belong to the whole cluster. Kinds of other makers count as namespaced. */
export function isCluster(apiVersion: string, kind: string): boolean {
  return scopeOf(apiVersion, kind) === "Cluster";
}
