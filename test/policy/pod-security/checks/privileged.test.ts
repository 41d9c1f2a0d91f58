import { privileged } from "../../../../policy/pod-security/checks/privileged";
import { from, podSecurityCases } from "../../support/pod-security-cases";

podSecurityCases(privileged, "privileged", [
  {
    it: "[MR-37] forbids true in a container, at every version",
    at: from("v1.0"),
    change: ({ app }) => Object.assign(app.securityContext, { privileged: true }),
    says: 'privileged (container "app" must not set securityContext.privileged=true)',
    fields: ["containers[0].securityContext.privileged"],
  },
  {
    it: "[MR-37] names init and ephemeral containers too, in the order init, normal, ephemeral",
    change: ({ all }) => all.map(({ securityContext }) => Object.assign(securityContext, { privileged: true })),
    says: 'privileged (containers "init", "app", "debug" must not set securityContext.privileged=true)',
    fields: [
      "initContainers[0].securityContext.privileged",
      "containers[0].securityContext.privileged",
      "ephemeralContainers[0].securityContext.privileged",
    ],
  },
  {
    it: "[MR-37] counts for restricted too, and keeps names as they are, empty or doubled",
    level: "restricted",
    change: ({ all }) =>
      all.forEach((container, i) => {
        container.name = i === 0 ? null : 'q"';
        container.securityContext.privileged = true;
      }),
    says: 'privileged (containers "", "q"", "q"" must not set securityContext.privileged=true)',
  },
  { it: "[MR-37] allows false", change: ({ app }) => Object.assign(app.securityContext, { privileged: false }) },
  { it: "[MR-37] allows null", change: ({ app }) => Object.assign(app.securityContext, { privileged: null }) },
  {
    it: "[MR-37] allows no security context",
    level: "baseline",
    change: ({ app }) => Object.assign(app, { securityContext: null }),
  },
]);
