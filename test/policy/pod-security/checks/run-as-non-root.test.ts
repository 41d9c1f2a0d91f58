import { runAsNonRoot } from "../../../../policy/pod-security/checks/run-as-non-root";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (value: unknown) => (container: { securityContext: object }) =>
  Object.assign(container.securityContext, { runAsNonRoot: value });

podSecurityCases(runAsNonRoot, "run-as-non-root", [
  {
    it: "[MR-33] [COS-08] forbids unset on pod and containers, at every version",
    at: from("v1.0"),
    change: ({ context }) => Object.assign(context, { runAsNonRoot: null }),
    says: 'runAsNonRoot != true (pod or containers "init", "app", "debug" must set securityContext.runAsNonRoot=true)',
    fields: [
      "initContainers[0].securityContext.runAsNonRoot",
      "containers[0].securityContext.runAsNonRoot",
      "ephemeralContainers[0].securityContext.runAsNonRoot",
    ],
  },
  {
    it: "[MR-33] [COS-08] names only the containers that say nothing",
    change: ({ context, init, debug }) => {
      context.runAsNonRoot = undefined;
      set(true)(init);
      set(true)(debug);
    },
    says: 'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
  },
  {
    it: "[MR-33] forbids false on the pod, even when every container says true",
    change: ({ context, all }) => {
      context.runAsNonRoot = false;
      all.forEach(set(true));
    },
    says: "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)",
    fields: ["securityContext.runAsNonRoot"],
  },
  {
    it: "[MR-34] forbids false in a container, even when the pod says true",
    change: ({ app }) => set(false)(app),
    says: 'runAsNonRoot != true (container "app" must not set securityContext.runAsNonRoot=false)',
  },
  {
    it: "[MR-34] names only what says false, pod first",
    change: ({ context, init, debug }) => {
      context.runAsNonRoot = false;
      set(false)(init);
      set(false)(debug);
    },
    says: 'runAsNonRoot != true (pod and containers "init", "debug" must not set securityContext.runAsNonRoot=false)',
  },
  {
    it: "[MR-34] allows every container true without the pod",
    change: ({ context, all }) => {
      context.runAsNonRoot = undefined;
      all.forEach(set(true));
    },
  },
  {
    it: "[MR-33] is asked of Windows pods",
    change: ({ spec, context }) => {
      spec.os = { name: "windows" };
      context.runAsNonRoot = false;
    },
    says: "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)",
  },
  {
    it: "[MR-33] is asked of a pod with its own users until v1.34",
    at: from("v1.0", "v1.34"),
    change: ({ spec, context }) => {
      spec.hostUsers = false;
      context.runAsNonRoot = false;
    },
    says: "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)",
  },
  {
    it: "[MR-33] is not asked of a pod with its own users since v1.35",
    at: from("v1.35"),
    change: ({ spec, context }) => {
      spec.hostUsers = false;
      context.runAsNonRoot = false;
    },
  },
]);
