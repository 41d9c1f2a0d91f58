import { windowsHostProcess } from "../../../../policy/pod-security/checks/windows-host-process";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const set = (hostProcess: unknown) => (context: object) => Object.assign(context, { windowsOptions: { hostProcess } });

podSecurityCases(windowsHostProcess, "windows-host-process", [
  {
    it: "[FL-14] forbids true on the pod, at every version, whatever its os",
    at: from("v1.0"),
    change: ({ context }) => set(true)(context),
    says: "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
    fields: ["securityContext.windowsOptions.hostProcess"],
  },
  {
    it: "[FL-14] names pod and containers of a Windows pod",
    level: "restricted",
    change: ({ spec, context, all }) => {
      spec.os = { name: "windows" };
      set(true)(context);
      for (const { securityContext } of all) set(true)(securityContext);
    },
    says: 'hostProcess (pod and containers "init", "app", "debug" must not set securityContext.windowsOptions.hostProcess=true)',
  },
  {
    it: "[FL-14] forbids true in one container",
    change: ({ context, debug }) => {
      set(false)(context);
      set(true)(debug.securityContext);
    },
    says: 'hostProcess (container "debug" must not set securityContext.windowsOptions.hostProcess=true)',
    fields: ["ephemeralContainers[0].securityContext.windowsOptions.hostProcess"],
  },
  {
    it: "[FL-14] allows false, null and no options",
    change: ({ context, init, app }) => {
      set(false)(context);
      set(null)(init.securityContext);
      Object.assign(app.securityContext, { windowsOptions: {} });
    },
  },
]);
