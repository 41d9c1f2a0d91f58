import { procMount } from "../../../../policy/pod-security/checks/proc-mount";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (value: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { procMount: value });
const one = 'procMount (container "app" must not set securityContext.procMount to "Unmasked")';

podSecurityCases(procMount, "proc-mount", [
  {
    it: "[FL-14] forbids Unmasked, at every version",
    at: from("v1.0"),
    change: ({ app }) => set("Unmasked")(app),
    says: one,
    fields: ["containers[0].securityContext.procMount"],
  },
  {
    it: "[FL-14] names containers in order and values sorted; empty and lower case are no defaults",
    change: ({ init, app, debug }) => {
      set("default")(init);
      set("Unmasked")(app);
      set("")(debug);
    },
    says: 'procMount (containers "init", "app", "debug" must not set securityContext.procMount to "", "Unmasked", "default")',
  },
  {
    it: "[FL-14] forbids it to a pod with its own users until v1.34",
    at: from("v1.0", "v1.34"),
    change: ({ spec, app }) => {
      spec.hostUsers = false;
      set("Unmasked")(app);
    },
    says: one,
  },
  {
    it: "[FL-14] allows it to a pod with its own users since v1.35",
    at: from("v1.35"),
    change: ({ spec, app }) => {
      spec.hostUsers = false;
      set("Unmasked")(app);
    },
  },
  {
    it: "[FL-14] forbids it to a pod with the host's users, said or not",
    at: from("v1.35"),
    change: ({ spec, app }) => {
      spec.hostUsers = true;
      set("Unmasked")(app);
    },
    says: one,
  },
  {
    it: "[FL-14] allows Default and null",
    change: ({ app, init }) => {
      set("Default")(app);
      set(null)(init);
    },
  },
]);
