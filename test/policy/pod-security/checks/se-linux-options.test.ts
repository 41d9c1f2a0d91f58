import { strict as assert } from "node:assert";
import { UNKNOWN } from "../../../../policy/manifest/unknown";
import { seLinuxOptions } from "../../../../policy/pod-security/checks/se-linux-options";
import { evaluatePod } from "../../../../policy/pod-security/evaluate-pod";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (options: object) => (context: object) => Object.assign(context, { seLinuxOptions: options });

podSecurityCases(seLinuxOptions, "se-linux-options", [
  {
    it: "[FL-14] forbids another type, at every version",
    at: from("v1.0"),
    change: ({ app }) => set({ type: "spc_t" })(app.securityContext),
    says: 'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: type "spc_t")',
    fields: ["containers[0].securityContext.seLinuxOptions.type"],
  },
  {
    it: "[FL-14] forbids a user and a role on the pod",
    change: ({ context }) => set({ user: "u", role: "r", level: "s0" })(context),
    says: "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: user may not be set; role may not be set)",
    fields: ["securityContext.seLinuxOptions.user", "securityContext.seLinuxOptions.role"],
  },
  {
    it: "[FL-14] says all of all setters together, types sorted, pod first",
    change: ({ context, init, app, debug }) => {
      set({ type: "z_t" })(context);
      set({ type: "a_t" })(init.securityContext);
      set({ type: "container_t", role: "r" })(app.securityContext);
      set({ type: "container_kvm_t" })(debug.securityContext);
    },
    says: 'seLinuxOptions (pod and containers "init", "app" set forbidden securityContext.seLinuxOptions: types "a_t", "z_t"; role may not be set)',
    fields: [
      "securityContext.seLinuxOptions.type",
      "initContainers[0].securityContext.seLinuxOptions.type",
      "containers[0].securityContext.seLinuxOptions.role",
    ],
  },
  {
    it: "[FL-14] forbids container_engine_t until v1.30",
    at: from("v1.0", "v1.30"),
    change: ({ app }) => set({ type: "container_engine_t" })(app.securityContext),
    says: 'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
  },
  {
    it: "[FL-14] allows container_engine_t since v1.31",
    at: from("v1.31"),
    change: ({ app }) => set({ type: "container_engine_t" })(app.securityContext),
  },
  {
    it: "[FL-14] allows the container types, empty texts and null, at every version",
    at: from("v1.0"),
    change: ({ context, init, app, debug }) => {
      set({ type: "container_t", level: "s0:c1" })(context);
      set({ type: "container_init_t", user: "", role: null })(init.securityContext);
      set({ type: "container_kvm_t" })(app.securityContext);
      set({ type: "" })(debug.securityContext);
    },
  },
]);

describe("se-linux-options, when the options are not known yet", () => {
  it("[FL-14] says what it wants of them", () => {
    const pod = { metadata: {}, spec: { containers: [{ name: "app", securityContext: { seLinuxOptions: UNKNOWN } }] } };
    const { findings } = evaluatePod(pod, "baseline", "latest");
    assert.deepEqual(
      findings.map(({ check, outcome, want }) => [check, outcome, want]),
      [["se-linux-options", "undetermined", "a container type, no user, no role"]],
    );
  });
});
