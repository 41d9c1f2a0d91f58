import { hostPorts } from "../../../../policy/pod-security/checks/host-ports";
import { from, podSecurityCases } from "../../support/pod-security-cases";

podSecurityCases(hostPorts, "host-ports", [
  {
    it: "[FL-14] forbids a host port, at every version",
    at: from("v1.0"),
    change: ({ app }) => Object.assign(app, { ports: [{ containerPort: 80, hostPort: 8080 }] }),
    says: 'hostPort (container "app" uses hostPort 8080)',
    fields: ["containers[0].ports[0].hostPort"],
  },
  {
    it: "[FL-14] sorts ports as words, each once; one container uses, several use",
    change: ({ app }) =>
      Object.assign(app, {
        ports: [{ hostPort: 9 }, { hostPort: 80 }, { hostPort: 443 }, { hostPort: 80 }, { hostPort: -1 }],
      }),
    says: 'hostPort (container "app" uses hostPorts -1, 443, 80, 9)',
  },
  {
    it: "[FL-14] names every container",
    change: ({ all }) =>
      all.map((container) => Object.assign(container, { ports: [{ containerPort: 1 }, { hostPort: 1 }] })),
    says: 'hostPort (containers "init", "app", "debug" use hostPort 1)',
    fields: [
      "initContainers[0].ports[1].hostPort",
      "containers[0].ports[1].hostPort",
      "ephemeralContainers[0].ports[1].hostPort",
    ],
  },
  {
    it: "[FL-14] allows 0, null, unset, no ports",
    change: ({ init, app, debug }) => {
      Object.assign(init, { ports: [{ hostPort: 0 }, null, { hostPort: null }] });
      Object.assign(app, { ports: [{ containerPort: 80 }] });
      Object.assign(debug, { ports: null });
    },
  },
]);
