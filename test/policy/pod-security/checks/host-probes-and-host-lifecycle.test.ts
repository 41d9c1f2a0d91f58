import { hostProbesAndHostLifecycle } from "../../../../policy/pod-security/checks/host-probes-and-host-lifecycle";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const one = (host: string) => `probe or lifecycle host (container "app" uses probe or lifecycle host "${host}")`;

podSecurityCases(hostProbesAndHostLifecycle, "host-probes-and-host-lifecycle", [
  ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) =>
    ["httpGet", "tcpSocket"].map((action) => ({
      it: `[FL-14] forbids a host in ${probe}.${action}, since v1.34`,
      at: from("v1.34"),
      change: ({ app }: { app: object }) =>
        Object.assign(app, { [probe]: { [action]: { host: "127.0.0.1", port: 80 } } }),
      says: one("127.0.0.1"),
      fields: [`containers[0].${probe}.${action}.host`],
    })),
  ),
  ...["postStart", "preStop"].flatMap((hook) =>
    ["httpGet", "tcpSocket"].map((action) => ({
      it: `[FL-14] forbids a host in lifecycle.${hook}.${action}`,
      change: ({ app }: { app: object }) =>
        Object.assign(app, { lifecycle: { [hook]: { [action]: { host: "::1" } } } }),
      says: one("::1"),
      fields: [`containers[0].lifecycle.${hook}.${action}.host`],
    })),
  ),
  {
    it: "[FL-14] sorts containers and hosts, each once",
    change: ({ init, app, debug }) => {
      Object.assign(init, { livenessProbe: { httpGet: { host: "b" }, tcpSocket: { host: "a" } } });
      Object.assign(app, {
        readinessProbe: { httpGet: { host: "b" } },
        lifecycle: { preStop: { httpGet: { host: "c" } } },
      });
      Object.assign(debug, { name: "app", startupProbe: { tcpSocket: { host: "a" } } });
    },
    says: 'probe or lifecycle host (containers "app", "init" use probe or lifecycle hosts "a", "b", "c")',
  },
  {
    it: "[FL-14] is not asked before v1.34",
    at: from("v1.0", "v1.33"),
    change: ({ app }) => Object.assign(app, { livenessProbe: { httpGet: { host: "x" } } }),
  },
  {
    it: "[FL-14] allows an empty host, null, and what has none",
    change: ({ app }) =>
      Object.assign(app, {
        livenessProbe: { httpGet: { host: "", port: 80 } },
        readinessProbe: { tcpSocket: { host: null } },
        startupProbe: { exec: { command: ["x"] }, grpc: { port: 1 } },
        lifecycle: { postStart: null, preStop: { sleep: { seconds: 1 } } },
      }),
  },
]);
