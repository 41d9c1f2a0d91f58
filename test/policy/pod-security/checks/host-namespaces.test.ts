import { hostNamespaces } from "../../../../policy/pod-security/checks/host-namespaces";
import { from, podSecurityCases } from "../../support/pod-security-cases";

podSecurityCases(hostNamespaces, "host-namespaces", [
  {
    it: "[MR-37] forbids hostNetwork, at every version",
    at: from("v1.0"),
    change: ({ spec }) => Object.assign(spec, { hostNetwork: true }),
    says: "host namespaces (hostNetwork=true)",
    fields: ["hostNetwork"],
  },
  {
    it: "[MR-37] forbids hostPID",
    change: ({ spec }) => Object.assign(spec, { hostPID: true }),
    says: "host namespaces (hostPID=true)",
  },
  {
    it: "[MR-37] forbids hostIPC",
    change: ({ spec }) => Object.assign(spec, { hostIPC: true }),
    says: "host namespaces (hostIPC=true)",
  },
  {
    it: "[MR-37] names all three, in its own order",
    change: ({ spec }) => Object.assign(spec, { hostIPC: true, hostPID: true, hostNetwork: true }),
    says: "host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)",
    fields: ["hostNetwork", "hostPID", "hostIPC"],
  },
  {
    it: "[MR-37] allows false, null and fields in another case",
    change: ({ spec }) => Object.assign(spec, { hostNetwork: false, hostPID: null, hostipc: true }),
  },
]);
