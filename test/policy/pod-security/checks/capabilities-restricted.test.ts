import { capabilitiesRestricted } from "../../../../policy/pod-security/checks/capabilities-restricted";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (capabilities: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { capabilities });
const missing = 'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])';

podSecurityCases(capabilitiesRestricted, "capabilities-restricted", [
  {
    it: "[MR-34] [ZN-20] forbids to drop nothing, since v1.22",
    at: from("v1.22"),
    change: ({ app }) => set({})(app),
    says: missing,
    fields: ["containers[0].securityContext.capabilities.drop"],
  },
  { it: "[MR-34] [ZN-20] forbids no capabilities at all", change: ({ app }) => set(null)(app), says: missing },
  {
    it: "[MR-34] [ZN-20] forbids to drop some only",
    change: ({ app }) => set({ drop: ["NET_RAW", "all", null] })(app),
    says: missing,
  },
  {
    it: "[MR-34] [ZN-20] forbids to add more than NET_BIND_SERVICE",
    change: ({ app }) => set({ drop: ["ALL"], add: ["NET_BIND_SERVICE", "CHOWN", "AUDIT_WRITE"] })(app),
    says: 'unrestricted capabilities (container "app" must not include "AUDIT_WRITE", "CHOWN" in securityContext.capabilities.add)',
    fields: ["containers[0].securityContext.capabilities.add[1]", "containers[0].securityContext.capabilities.add[2]"],
  },
  {
    it: "[MR-34] [ZN-20] says both, each with its containers",
    change: ({ init, app, debug }) => {
      set({ drop: ["KILL"], add: ["SYS_ADMIN"] })(init);
      set({ drop: ["ALL"], add: ["KILL"] })(app);
      set(undefined)(debug);
    },
    says: 'unrestricted capabilities (containers "init", "debug" must set securityContext.capabilities.drop=["ALL"]; containers "init", "app" must not include "KILL", "SYS_ADMIN" in securityContext.capabilities.add)',
  },
  {
    it: "[MR-34] allows ALL among others, and NET_BIND_SERVICE",
    change: ({ app }) => set({ drop: ["KILL", "ALL"], add: ["NET_BIND_SERVICE", "NET_BIND_SERVICE"] })(app),
  },
  {
    it: "[MR-34] is not asked before v1.22",
    at: from("v1.0", "v1.21"),
    change: ({ app }) => set({ add: ["CHOWN"] })(app),
  },
  {
    it: "[MR-34] is asked of a Windows pod until v1.24",
    at: from("v1.22", "v1.24"),
    change: ({ spec, app }) => {
      spec.os = { name: "windows" };
      set(null)(app);
    },
    says: missing,
  },
  {
    it: "[MR-34] is not asked of a Windows pod since v1.25",
    at: from("v1.25"),
    change: ({ spec, all }) => {
      spec.os = { name: "windows" };
      all.forEach(set(null));
    },
  },
]);
