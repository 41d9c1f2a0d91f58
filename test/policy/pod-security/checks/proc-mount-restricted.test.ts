import { procMountRestricted } from "../../../../policy/pod-security/checks/proc-mount-restricted";
import { from, podSecurityCases } from "../../support/pod-security-cases";

podSecurityCases(procMountRestricted, "proc-mount-restricted", [
  {
    it: "[FL-14] forbids Unmasked even to a pod with its own users, since v1.35",
    at: from("v1.35"),
    change: ({ spec, all }) => {
      spec.hostUsers = false;
      for (const { securityContext } of all) Object.assign(securityContext, { procMount: "Unmasked" });
    },
    says: 'procMount (containers "init", "app", "debug" must not set securityContext.procMount to "Unmasked")',
    fields: [
      "initContainers[0].securityContext.procMount",
      "containers[0].securityContext.procMount",
      "ephemeralContainers[0].securityContext.procMount",
    ],
  },
  { it: "[FL-14] allows Default", change: ({ app }) => Object.assign(app.securityContext, { procMount: "Default" }) },
]);
