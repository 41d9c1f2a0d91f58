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
    "[MR-48] fails a kind without a successor",
    manifest("policy/v1beta1", "PodSecurityPolicy"),
    must("of a kind that still exists", "policy/v1beta1, removed in Kubernetes 1.25"),
  ],
]);

ruleCases(removedApiVersions, "removed-api-versions", [["passes it on an older cluster", hpa]], {
  ...prod,
  kubeVersion: "v1.25.3",
});
ruleCases(
  removedApiVersions,
  "removed-api-versions",
  [["fails it from that version on", hpa, must("autoscaling/v2", "autoscaling/v2beta2, removed in Kubernetes 1.26")]],
  { ...prod, kubeVersion: "1.26" },
);
