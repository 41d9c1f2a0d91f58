import { appArmorProfile } from "../../../../policy/pod-security/checks/app-armor-profile";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const key = "container.apparmor.security.beta.kubernetes.io/";
const set = (type: unknown) => (context: object) => Object.assign(context, { appArmorProfile: { type } });

podSecurityCases(appArmorProfile, "app-armor-profile", [
  {
    it: "[FL-14] forbids Unconfined on the pod, at every version",
    at: from("v1.0"),
    change: ({ context }) => set("Unconfined")(context),
    says: 'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    fields: ["securityContext.appArmorProfile.type"],
  },
  {
    it: "[FL-14] names pod and containers, and their values sorted and once",
    change: ({ context, init, app, debug }) => {
      set("Unconfined")(context);
      set("b")(init.securityContext);
      set("a")(app.securityContext);
      set("b")(debug.securityContext);
    },
    says: 'forbidden AppArmor profiles (pod and containers "init", "app", "debug" must not set AppArmor profile type to "Unconfined", "a", "b")',
  },
  {
    it: "[FL-14] forbids a profile without a type",
    change: ({ app }) => Object.assign(app.securityContext, { appArmorProfile: {} }),
    says: 'forbidden AppArmor profile (container "app" must not set AppArmor profile type to "")',
  },
  {
    it: "[FL-14] forbids an annotation, even of a container that does not exist, quoted twice",
    change: ({ annotations }) => Object.assign(annotations, { [`${key}gone`]: 'bad"\n\u200b' }),
    says: `forbidden AppArmor profile (annotation must not set AppArmor profile type to "${key}gone="bad\\"\\n\\u200b"")`,
    fields: [`metadata.annotations["${key}gone"]`],
  },
  {
    it: "[FL-14] counts values of fields and annotations together",
    change: ({ annotations, app }) => {
      set("Unconfined")(app.securityContext);
      Object.assign(annotations, { [`${key}b`]: "x", [`${key}a`]: "x" });
    },
    says: `forbidden AppArmor profiles (container "app" and annotations must not set AppArmor profile type to "Unconfined", "${key}a="x"", "${key}b="x"")`,
  },
  {
    it: "[FL-14] allows RuntimeDefault and Localhost",
    change: ({ context, app }) => {
      set("RuntimeDefault")(context);
      set("Localhost")(app.securityContext);
    },
  },
  {
    it: "[FL-14] allows annotations runtime/default, localhost/ and empty, and other prefixes",
    change: ({ annotations }) =>
      Object.assign(annotations, {
        [`${key}a`]: "runtime/default",
        [`${key}b`]: "localhost/x",
        [`${key}c`]: "",
        [`${key}d`]: null,
        [key.slice(0, -1)]: "bad",
      }),
  },
]);
