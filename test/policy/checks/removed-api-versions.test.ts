import { removedApiVersions } from "../../../policy/checks/removed-api-versions";
import { manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const hpa = manifest("autoscaling/v2beta2", "HorizontalPodAutoscaler");
const must = (want: string, got: string) => [`apiVersion must be ${want}, got ${got}`];

ruleCases(removedApiVersions, "removed-api-versions", [
  ["passes what is served", [manifest("autoscaling/v2", "HorizontalPodAutoscaler"), manifest("v1", "Pod")]],
  ["passes what is not Kubernetes' own", manifest("example.com/v1beta1", "Ingress")],
  ["fails what is gone", hpa, must("autoscaling/v2", "autoscaling/v2beta2, removed in Kubernetes 1.26")],
  [
    "names the group to move to",
    manifest("extensions/v1beta1", "Ingress"),
    must("networking.k8s.io/v1", "extensions/v1beta1, removed in Kubernetes 1.22"),
  ],
  [
    "fails alpha versions that are gone",
    [manifest("networking.k8s.io/v1alpha1", "ServiceCIDR"), manifest("settings.k8s.io/v1alpha1", "PodPreset")],
    [
      ...must("networking.k8s.io/v1", "networking.k8s.io/v1alpha1, removed in Kubernetes 1.31"),
      ...must("of a kind that still exists", "settings.k8s.io/v1alpha1, removed in Kubernetes 1.20"),
    ],
  ],
  [
    "[MR-48] fails a version of Kubernetes' own kinds that its API server does not have, and names the most mature it has",
    [
      manifest("rbac.authorization.k8s.io/v1alpha1", "ClusterRoleBinding"),
      manifest("scheduling.k8s.io/v1alpha1", "PriorityClass"),
      manifest("scheduling.k8s.io/v1alpha1", "Workload"),
      manifest("resource.k8s.io/v1alpha2", "ResourceClass"),
      manifest("apps/v2", "Deployment"),
    ],
    [
      ...must(
        "rbac.authorization.k8s.io/v1",
        "rbac.authorization.k8s.io/v1alpha1, which Kubernetes 1.37 does not serve",
      ),
      ...must("scheduling.k8s.io/v1", "scheduling.k8s.io/v1alpha1, which Kubernetes 1.37 does not serve"),
      ...must("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1, which Kubernetes 1.37 does not serve"),
      ...must("of a kind that still exists", "resource.k8s.io/v1alpha2, removed in Kubernetes 1.31"),
      ...must("apps/v1", "apps/v2, which Kubernetes 1.37 does not serve"),
    ],
  ],
  [
    "passes versions that an administrator may have switched on, and kinds that a group never had",
    [
      manifest("resource.k8s.io/v1alpha3", "DeviceTaintRule"),
      manifest("scheduling.k8s.io/v1alpha3", "Workload"),
      manifest("storage.k8s.io/v9", "Foo"),
      manifest("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
    ],
  ],
  [
    "[MR-48] fails a kind without a successor",
    manifest("policy/v1beta1", "PodSecurityPolicy"),
    must("of a kind that still exists", "policy/v1beta1, removed in Kubernetes 1.25"),
  ],
]);

ruleCases(removedApiVersions, "removed-api-versions", [["passes it on an older cluster", hpa]], {
  ...prod,
  kubeVersion: "v1.25.3",
});
const claim = manifest("resource.k8s.io/v1", "ResourceClaim");
const early = must("resource.k8s.io/v1beta2", "resource.k8s.io/v1, which Kubernetes 1.33 does not serve");
for (const [title, kubeVersion, complaints] of [
  ["fails what is newer than the cluster", "1.33", early],
  ["passes it from its version on", "1.34", []],
  ["says nothing of versions of Kubernetes that the table does not have", "1.28", []],
  ["passes on a later one what the table does not see end", "1.38", []],
] as const)
  ruleCases(removedApiVersions, "removed-api-versions", [[title, claim, complaints]], { ...prod, kubeVersion });
ruleCases(
  removedApiVersions,
  "removed-api-versions",
  [
    ["passes on a later one what may be new", manifest("resource.k8s.io/v2", "ResourceClaim")],
    [
      "fails on a later one what ended before",
      manifest("scheduling.k8s.io/v1alpha1", "Workload"),
      must("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1, which Kubernetes 1.38 does not serve"),
    ],
  ],
  { ...prod, kubeVersion: "1.38" },
);
ruleCases(
  removedApiVersions,
  "removed-api-versions",
  [["fails it from that version on", hpa, must("autoscaling/v2", "autoscaling/v2beta2, removed in Kubernetes 1.26")]],
  { ...prod, kubeVersion: "1.26" },
);
