import { capabilitiesBaseline } from "../../../../policy/pod-security/checks/capabilities-baseline";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const add =
  (...names: unknown[]) =>
  (container: { securityContext: object }) =>
    Object.assign(container.securityContext, { capabilities: { drop: ["ALL"], add: names } });
const allowed = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"],
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

podSecurityCases(capabilitiesBaseline, "capabilities-baseline", [
  {
    it: "[MR-37] forbids NET_RAW, at every version",
    at: from("v1.0"),
    change: ({ app }) => add("NET_RAW")(app),
    says: 'non-default capabilities (container "app" must not include "NET_RAW" in securityContext.capabilities.add)',
    fields: ["containers[0].securityContext.capabilities.add[0]"],
  },
  {
    it: "[MR-37] names containers in order and capabilities sorted, once",
    change: ({ init, app, debug }) => {
      add("SYS_ADMIN", "CHOWN")(init);
      add("CHOWN")(app);
      add("NET_RAW", "SYS_ADMIN")(debug);
    },
    says: 'non-default capabilities (containers "init", "debug" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)',
    fields: [
      "initContainers[0].securityContext.capabilities.add[0]",
      "ephemeralContainers[0].securityContext.capabilities.add[0]",
      "ephemeralContainers[0].securityContext.capabilities.add[1]",
    ],
  },
  {
    it: "[MR-37] knows no prefix, no lower case, no empty name",
    change: ({ app }) => add("CAP_CHOWN", "chown", null, "ALL")(app),
    says: 'non-default capabilities (container "app" must not include "", "ALL", "CAP_CHOWN", "chown" in securityContext.capabilities.add)',
  },
  {
    it: "[MR-37] is what restricted asks until v1.21",
    level: "restricted",
    at: from("v1.0", "v1.21"),
    change: ({ app }) => add("NET_RAW")(app),
    says: 'non-default capabilities (container "app" must not include "NET_RAW" in securityContext.capabilities.add)',
  },
  { it: "[MR-37] allows the default ones", change: ({ app }) => add(...allowed)(app) },
  {
    it: "[MR-37] allows no list and an empty one",
    change: ({ init, app }) => {
      add()(init);
      Object.assign(app.securityContext, { capabilities: null });
    },
  },
  {
    it: "[MR-37] is not asked of a Windows pod by restricted since v1.25, which then asks nothing of capabilities",
    level: "restricted",
    at: from("v1.25"),
    change: ({ spec, app }) => {
      spec.os = { name: "windows" };
      add("SYS_ADMIN")(app);
    },
  },
]);
