import { deprecatedApiVersions } from "../../../policy/checks/deprecated-api-versions";
import { manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const claim = manifest("resource.k8s.io/v1beta1", "ResourceClaim");
const must = ["apiVersion must be resource.k8s.io/v1, got resource.k8s.io/v1beta1, which Kubernetes 1.38 removes"];

ruleCases(deprecatedApiVersions, "deprecated-api-versions", [
  ["passes what stays", manifest("apps/v1", "Deployment")],
  ["warns of what will go", claim, must],
  [
    "warns of an alpha version, which the cluster may not even serve",
    [
      manifest("resource.k8s.io/v1alpha3", "ResourcePoolStatusRequest"),
      manifest("lifecycle.k8s.io/v1alpha1", "Eviction"),
    ],
    [
      "apiVersion must be of a stable version, got resource.k8s.io/v1alpha3, an alpha version, which any release may drop",
      "apiVersion must be of a stable version, got lifecycle.k8s.io/v1alpha1, an alpha version, which any release may drop",
    ],
  ],
  [
    "leaves an alpha version that no cluster serves to the other rule",
    manifest("rbac.authorization.k8s.io/v1alpha1", "Role"),
  ],
  ["passes another maker's alpha version", manifest("keda.sh/v1alpha1", "ScaledObject")],
  ["leaves what is gone to the other rule", manifest("batch/v1beta1", "CronJob")],
]);

for (const [title, kubeVersion, complaints] of [
  ["passes it before anyone said so", "1.34", []],
  ["warns in the version that said so", "1.35", must],
  ["says no more once it is gone", "1.38", []],
] as const)
  ruleCases(deprecatedApiVersions, "deprecated-api-versions", [[title, claim, complaints]], { ...prod, kubeVersion });
