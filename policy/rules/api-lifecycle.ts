/** Versions of Kubernetes' own APIs that are or will be gone.
 *  Source: k8s.io/api v0.31.0 and v0.37.2, k8s.io/kube-aggregator, k8s.io/apiextensions-apiserver: zz_generated.prerelease-lifecycle.go; for ended
 *  policies and PodSecurityPolicy the deprecation guide at kubernetes.io/docs/reference/using-api/deprecation-guide. Alpha versions often end before
 *  the release they announce: from 1.29 on the last release is what the API server's discovery says (../manifest/kubernetes-kinds.ts), and what ended
 *  without a word before it is there alone. */
import { groupOf, isOwnGroup, type KnownKind, knownKinds, knownMinors } from "../manifest/kind-table";

/** From which minor version of Kubernetes on an API warns, and from which it is not served. */
export interface ApiEnd {
  readonly deprecated: number;
  readonly removed: number;
  /** apiVersion to use instead, "" when there is none. */
  readonly instead: string;
}

/** Newest minor version this table knows. */
export const newestMinor = 37;

const rows = `
admissionregistration.k8s.io/v1alpha1 29 32 v1 ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1alpha1 35 38 v1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 16 22 v1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1beta1 31 34 v1 ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 37 40 v1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
apiextensions.k8s.io/v1beta1 16 22 v1 CustomResourceDefinition
apiregistration.k8s.io/v1beta1 19 22 v1 APIService
apps/v1beta1 8 16 v1 ControllerRevision Deployment StatefulSet
apps/v1beta2 9 16 v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
authentication.k8s.io/v1beta1 19 22 v1 TokenReview
authentication.k8s.io/v1beta1 30 33 v1 SelfSubjectReview
authorization.k8s.io/v1beta1 19 22 v1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
auditregistration.k8s.io/v1alpha1 19 19 - AuditSink
autoscaling/v2beta1 22 25 v2 HorizontalPodAutoscaler
autoscaling/v2beta2 23 26 v2 HorizontalPodAutoscaler
batch/v2alpha1 21 21 v1 CronJob
batch/v1beta1 21 25 v1 CronJob
certificates.k8s.io/v1alpha1 34 37 v1beta1 ClusterTrustBundle
certificates.k8s.io/v1beta1 19 22 v1 CertificateSigningRequest
certificates.k8s.io/v1beta1 37 40 v1 ClusterTrustBundle PodCertificateRequest
coordination.k8s.io/v1alpha2 35 38 v1beta1 LeaseCandidate
coordination.k8s.io/v1beta1 19 22 v1 Lease
coordination.k8s.io/v1beta1 36 39 v1 LeaseCandidate
discovery.k8s.io/v1beta1 21 25 v1 EndpointSlice
events.k8s.io/v1beta1 22 25 v1 Event
extensions/v1beta1 8 16 apps/v1 DaemonSet Deployment ReplicaSet
extensions/v1beta1 9 16 networking.k8s.io/v1 NetworkPolicy
extensions/v1beta1 14 22 networking.k8s.io/v1 Ingress
extensions/v1beta1 11 16 - PodSecurityPolicy
flowcontrol.apiserver.k8s.io/v1beta1 23 26 v1 FlowSchema PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta2 26 29 v1 FlowSchema PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta3 29 32 v1 FlowSchema PriorityLevelConfiguration
networking.k8s.io/v1alpha1 26 29 - ClusterCIDR
networking.k8s.io/v1alpha1 30 31 v1 IPAddress ServiceCIDR
networking.k8s.io/v1beta1 19 22 v1 Ingress IngressClass
networking.k8s.io/v1beta1 34 37 v1 IPAddress ServiceCIDR
node.k8s.io/v1beta1 22 25 v1 RuntimeClass
policy/v1beta1 21 25 v1 PodDisruptionBudget
policy/v1beta1 21 25 - PodSecurityPolicy
rbac.authorization.k8s.io/v1beta1 17 22 v1 ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io/v1alpha2 30 31 v1 ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1alpha2 30 31 - PodSchedulingContext ResourceClaimParameters ResourceClass ResourceClassParameters
resource.k8s.io/v1alpha3 36 39 v1beta2 DeviceTaintRule
resource.k8s.io/v1beta1 35 38 v1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1beta2 36 39 v1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
scheduling.k8s.io/v1beta1 14 22 v1 PriorityClass
settings.k8s.io/v1alpha1 20 20 - PodPreset
storage.k8s.io/v1alpha1 21 24 v1 CSIStorageCapacity VolumeAttachment
storage.k8s.io/v1alpha1 32 35 v1 VolumeAttributesClass
storage.k8s.io/v1beta1 17 22 v1 CSINode
storage.k8s.io/v1beta1 19 22 v1 CSIDriver StorageClass VolumeAttachment
storage.k8s.io/v1beta1 24 27 v1 CSIStorageCapacity
storage.k8s.io/v1beta1 34 37 v1 VolumeAttributesClass
storagemigration.k8s.io/v1alpha1 33 35 v1 StorageVersionMigration
storagemigration.k8s.io/v1beta1 37 40 v1 StorageVersionMigration`;

const ends = new Map<string, ApiEnd>(
  rows
    .trim()
    .split("\n")
    .flatMap((row) => {
      const [version = "", deprecated, removed, next = "", ...kinds] = row.split(" ");
      const instead = next === "-" ? "" : next.includes("/") ? next : `${version.split("/")[0]}/${next}`;
      return kinds.map(
        (kind) =>
          [`${version} ${kind}`, { deprecated: Number(deprecated), removed: Number(removed), instead }] as const,
      );
    }),
);

/** When an API ends; undefined when nobody has said so, or when it is not one of Kubernetes' own. */
export function apiEnd(apiVersion: string, kind: string): ApiEnd | undefined {
  return ends.get(`${apiVersion} ${kind}`);
}

const endedGroups = new Set([...ends.keys()].map(groupOf));

/** True for an alpha version of one of Kubernetes' own groups: off by default, and any release may change or drop it. */
export function isAlpha(apiVersion: string): boolean {
  const group = groupOf(apiVersion);
  return /\/v\d+alpha\d+$/.test(apiVersion) && (isOwnGroup(group) || endedGroups.has(group));
}

/** A kind of Kubernetes' own in a version that its API server does not have in a minor version, alpha and beta ones included: the version to use instead, ""
 *  when there is none. Undefined for one it has, for a kind the group never had, for minor versions before the table, and after it for what may be new. */
export function notServed(apiVersion: string, kind: string, minor: number): { readonly instead: string } | undefined {
  if (minor < knownMinors.first) return undefined;
  const known = knownKinds.filter((one) => one.kind === kind && groupOf(one.apiVersion) === groupOf(apiVersion));
  const served = known.filter(({ from, to }) => from <= minor && Math.min(minor, knownMinors.last) <= to);
  const isOf = (one: KnownKind): boolean => one.apiVersion === apiVersion;
  if (known.length === 0 || served.some(isOf) || (minor > knownMinors.last && !known.some(isOf))) return undefined;
  return { instead: served.toSorted((a, b) => maturity(a) - maturity(b)).at(-1)?.apiVersion ?? "" };
}

const maturity = ({ apiVersion }: KnownKind): number =>
  apiVersion.includes("alpha") ? 0 : apiVersion.includes("beta") ? 1 : 2;

/** Minor version of "1.36", "v1.36.2"; the newest known of anything else. */
export function minorOf(kubeVersion: string | undefined): number {
  const minor = /^v?1\.(\d+)/.exec(kubeVersion ?? "")?.[1];
  return minor === undefined ? newestMinor : Number(minor);
}
