/** A webhook sees and changes everything that is created, Secrets among it, and can switch the checks of others off.
 *  Fields: rules of ClusterRole; forbidden: create, update, patch, delete, deletecollection on webhook configurations, admission policies and their bindings
 *  without resourceNames. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacWebhookConfiguration = grantRule(
  {
    id: "rbac-webhook-configuration",
    severity: "critical",
    description:
      "No role changes admission webhooks or policies: that right lets its holder read and change every object on its way in.",
    fix: "create webhooks with the deployment and let the program only read them; a controller that fills in its certificate names its own with resourceNames",
    controls: ["CIS 5.1.12", ...rbacControls],
  },
  [
    {
      group: "admissionregistration.k8s.io",
      resources: [
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
      ],
      verbs: ["create", "update", "patch", "delete", "deletecollection"],
      unlessNamed: true,
    },
  ],
);
