import { seccompProfileBaseline } from "../../../../policy/pod-security/checks/seccomp-profile-baseline";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const podKey = "seccomp.security.alpha.kubernetes.io/pod";
const key = "container.seccomp.security.alpha.kubernetes.io/";
const set = (type: unknown) => (context: object) => Object.assign(context, { seccompProfile: { type } });

podSecurityCases(seccompProfileBaseline, "seccomp-profile-baseline", [
  {
    it: "[COS-09] forbids Unconfined on the pod, since v1.19",
    at: from("v1.19"),
    change: ({ context }) => set("Unconfined")(context),
    says: 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    fields: ["securityContext.seccompProfile.type"],
  },
  {
    it: "[COS-09] names pod and containers, values sorted, an empty one too",
    change: ({ context, init, app, debug }) => {
      set("Unconfined")(context);
      set("b")(init.securityContext);
      set(null)(app.securityContext);
      set("Localhost")(debug.securityContext);
    },
    says: 'seccompProfile (pod and containers "init", "app" must not set securityContext.seccompProfile.type to "", "Unconfined", "b")',
  },
  {
    it: "[COS-09] does not read fields before v1.19",
    at: from("v1.0", "v1.18"),
    change: ({ context }) => set("Unconfined")(context),
  },
  { it: "[COS-09] allows unset", change: ({ context }) => Object.assign(context, { seccompProfile: null }) },
  {
    it: "[COS-09] forbids annotations of the pod and of containers that exist, until v1.18, in both levels",
    at: from("v1.0", "v1.18"),
    level: "restricted",
    change: ({ annotations }) =>
      Object.assign(annotations, { [podKey]: "unconfined", [`${key}debug`]: 'x"', [`${key}gone`]: "unconfined" }),
    says: `seccompProfile (forbidden annotations ${key}debug="x\\"", ${podKey}="unconfined")`,
    fields: [`metadata.annotations["${key}debug"]`, `metadata.annotations["${podKey}"]`],
  },
  {
    it: "[COS-09] forbids an empty annotation",
    at: "v1.18",
    change: ({ annotations }) => Object.assign(annotations, { [podKey]: "" }),
    says: `seccompProfile (forbidden annotation ${podKey}="")`,
  },
  {
    it: "[COS-09] says the annotation of containers of one name once",
    at: "v1.0",
    change: ({ annotations, init }) => {
      init.name = "app";
      annotations[`${key}app`] = "no";
    },
    says: `seccompProfile (forbidden annotation ${key}app="no")`,
  },
  {
    it: "[COS-09] allows the annotations that confine, and any since v1.19",
    at: from("v1.0", "v1.18"),
    change: ({ annotations }) =>
      Object.assign(annotations, {
        [podKey]: "docker/default",
        [`${key}app`]: "runtime/default",
        [`${key}init`]: "localhost/x",
      }),
  },
  {
    it: "[COS-09] does not read annotations since v1.19",
    at: from("v1.19"),
    change: ({ annotations }) => Object.assign(annotations, { [podKey]: "no" }),
  },
]);
