import { hostPathVolumes } from "../../../../policy/pod-security/checks/host-path-volumes";
import { from, podSecurityCases } from "../../support/pod-security-cases";

podSecurityCases(hostPathVolumes, "host-path-volumes", [
  {
    it: "[MR-37] forbids a hostPath volume, at every version",
    at: from("v1.0"),
    change: ({ spec }) => Object.assign(spec, { volumes: [{ name: "v", hostPath: { path: "/" } }] }),
    says: 'hostPath volumes (volume "v")',
    fields: ["volumes[0].hostPath"],
  },
  {
    it: "[MR-37] names every one, empty source and missing name too",
    change: ({ spec }) =>
      Object.assign(spec, {
        volumes: [
          { name: "a", hostPath: {} },
          { name: "b", emptyDir: {} },
          { hostPath: {}, secret: {} },
        ],
      }),
    says: 'hostPath volumes (volumes "a", "")',
    fields: ["volumes[0].hostPath", "volumes[2].hostPath"],
  },
  {
    it: "[MR-37] allows other sources, null and none",
    change: ({ spec }) =>
      Object.assign(spec, { volumes: [{ name: "a", nfs: {} }, { name: "b", hostPath: null }, { name: "c" }, null] }),
  },
  { it: "[MR-37] allows no volumes", change: ({ spec }) => Object.assign(spec, { volumes: null }) },
]);
