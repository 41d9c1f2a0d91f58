import { seccompProfileRestricted } from "../../../../policy/pod-security/checks/seccomp-profile-restricted";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (type: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { seccompProfile: { type } });
const missing = (who: string) =>
  `seccompProfile (pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;

podSecurityCases(seccompProfileRestricted, "seccomp-profile-restricted", [
  {
    it: "[MR-33] [COS-09] forbids unset on pod and containers, since v1.19",
    at: from("v1.19"),
    change: ({ context }) => Object.assign(context, { seccompProfile: null }),
    says: missing('containers "init", "app", "debug"'),
    fields: [
      "initContainers[0].securityContext.seccompProfile.type",
      "containers[0].securityContext.seccompProfile.type",
      "ephemeralContainers[0].securityContext.seccompProfile.type",
    ],
  },
  {
    it: "[MR-33] names only the containers that say nothing",
    change: ({ context, init, debug }) => {
      context.seccompProfile = undefined;
      set("Localhost")(init);
      set("RuntimeDefault")(debug);
    },
    says: missing('container "app"'),
  },
  {
    it: "[MR-34] forbids Unconfined in a container, even when the pod says RuntimeDefault",
    change: ({ app }) => set("Unconfined")(app),
    says: 'seccompProfile (container "app" must not set securityContext.seccompProfile.type to "Unconfined")',
  },
  {
    it: "[MR-33] says what is explicitly bad before what is missing",
    change: ({ context, app }) => {
      context.seccompProfile = {};
      set("RuntimeDefault")(app);
    },
    says: 'seccompProfile (pod must not set securityContext.seccompProfile.type to "")',
    fields: ["securityContext.seccompProfile.type"],
  },
  {
    it: "[MR-34] allows every container without the pod",
    change: ({ context, all }) => {
      context.seccompProfile = undefined;
      all.forEach(set("RuntimeDefault"));
    },
  },
  {
    it: "[MR-33] is not asked before v1.19",
    at: from("v1.0", "v1.18"),
    change: ({ context }) => Object.assign(context, { seccompProfile: null }),
  },
  {
    it: "[MR-33] is asked of a Windows pod until v1.24",
    at: from("v1.19", "v1.24"),
    change: ({ spec, context }) => {
      spec.os = { name: "windows" };
      context.seccompProfile = undefined;
    },
    says: missing('containers "init", "app", "debug"'),
  },
  {
    it: "[MR-33] is not asked of a Windows pod since v1.25",
    at: from("v1.25"),
    change: ({ spec, context }) => {
      spec.os = { name: "windows" };
      context.seccompProfile = { type: "Unconfined" };
    },
  },
]);
