import { rbacWebhookConfiguration } from "../../../policy/checks/rbac-webhook-configuration";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { role, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch, delete, deletecollection on mutatingwebhookconfigurations, validatingwebhookconfigurations, mutatingadmissionpolicies, mutatingadmissionpolicybindings, validatingadmissionpolicies, validatingadmissionpolicybindings, got ${got}`,
];

ruleCases(rbacWebhookConfiguration, "rbac-webhook-configuration", [
  [
    "passes a program that fills in its own",
    role(
      rule("admissionregistration.k8s.io", ["validatingwebhookconfigurations"], ["patch"], { resourceNames: ["web"] }),
      "ClusterRole",
    ),
  ],
  ["passes reading", role(rule("admissionregistration.k8s.io", ["*"], ["list"]), "ClusterRole")],
  [
    "fails changing webhooks",
    role(rule("admissionregistration.k8s.io", ["validatingwebhookconfigurations"], ["get", "patch"]), "ClusterRole"),
    must("patch on validatingwebhookconfigurations"),
  ],
  [
    "fails deleting all bindings of policies, which then say nothing",
    role(
      rule("admissionregistration.k8s.io", ["validatingadmissionpolicybindings"], ["deletecollection"]),
      "ClusterRole",
    ),
    must("deletecollection on validatingadmissionpolicybindings"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot evaluate an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "cannot evaluate unknown verbs",
    role(rule("admissionregistration.k8s.io", UNKNOWN as never, ["patch"])),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
]);
