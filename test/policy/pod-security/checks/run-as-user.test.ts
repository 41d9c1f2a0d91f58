import { runAsUser } from "../../../../policy/pod-security/checks/run-as-user";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (value: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { runAsUser: value });

podSecurityCases(runAsUser, "run-as-user", [
  {
    it: "[COS-08] forbids 0 on the pod, since v1.23",
    at: from("v1.23"),
    change: ({ context }) => Object.assign(context, { runAsUser: 0 }),
    says: "runAsUser=0 (pod must not set runAsUser=0)",
    fields: ["securityContext.runAsUser"],
  },
  {
    it: "[COS-08] names pod and containers",
    change: ({ context, all }) => {
      context.runAsUser = 0;
      all.forEach(set(0));
    },
    says: 'runAsUser=0 (pod and containers "init", "app", "debug" must not set runAsUser=0)',
  },
  {
    it: "[COS-08] forbids 0 in a container, whatever the pod says",
    change: ({ context, app }) => {
      context.runAsUser = 1000;
      set(0)(app);
    },
    says: 'runAsUser=0 (container "app" must not set runAsUser=0)',
  },
  { it: "[COS-08] is not asked before v1.23", at: from("v1.0", "v1.22"), change: ({ app }) => set(0)(app) },
  {
    it: "[COS-08] is asked of a pod with its own users until v1.34",
    at: from("v1.23", "v1.34"),
    change: ({ spec, app }) => {
      spec.hostUsers = false;
      set(0)(app);
    },
    says: 'runAsUser=0 (container "app" must not set runAsUser=0)',
  },
  {
    it: "[COS-08] is not asked of a pod with its own users since v1.35",
    at: from("v1.35"),
    change: ({ spec, context, app }) => {
      spec.hostUsers = false;
      context.runAsUser = 0;
      set(0)(app);
    },
  },
  {
    it: "[COS-08] allows any other number, null and unset",
    change: ({ context, init, app }) => {
      context.runAsUser = 10001;
      set(-1)(init);
      set(null)(app);
    },
  },
]);
