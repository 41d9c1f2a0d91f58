import { allowPrivilegeEscalation } from "../../../../policy/pod-security/checks/allow-privilege-escalation";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (value: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { allowPrivilegeEscalation: value });
const one =
  'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)';

podSecurityCases(allowPrivilegeEscalation, "allow-privilege-escalation", [
  {
    it: "[MR-34] [COS-10] forbids true, since v1.8",
    at: from("v1.8"),
    change: ({ app }) => set(true)(app),
    says: one,
    fields: ["containers[0].securityContext.allowPrivilegeEscalation"],
  },
  { it: "[MR-34] [COS-10] forbids unset", change: ({ app }) => set(undefined)(app), says: one },
  { it: "[MR-34] [COS-10] forbids null", change: ({ app }) => set(null)(app), says: one },
  {
    it: "[MR-34] [COS-10] names every container",
    change: ({ all }) => all.forEach(set(true)),
    says: 'allowPrivilegeEscalation != false (containers "init", "app", "debug" must set securityContext.allowPrivilegeEscalation=false)',
  },
  { it: "[MR-34] is not asked before v1.8", at: from("v1.0", "v1.7"), change: ({ all }) => all.forEach(set(true)) },
  { it: "[MR-34] is not asked by baseline", level: "baseline", change: ({ all }) => all.forEach(set(true)) },
  {
    it: "[MR-34] is asked of a Windows pod until v1.24",
    at: from("v1.8", "v1.24"),
    change: ({ spec, app }) => {
      spec.os = { name: "windows" };
      set(undefined)(app);
    },
    says: one,
  },
  {
    it: "[MR-34] is not asked of a Windows pod since v1.25",
    at: from("v1.25"),
    change: ({ spec, all }) => {
      spec.os = { name: "windows" };
      all.forEach(set(undefined));
    },
  },
  {
    it: "[MR-34] takes only the exact name windows for Windows",
    change: ({ spec, app }) => {
      spec.os = { name: "Windows" };
      set(true)(app);
    },
    says: one,
  },
]);
