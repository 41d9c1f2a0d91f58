import { restrictedVolumes } from "../../../../policy/pod-security/checks/restricted-volumes";
import { from, podSecurityCases } from "../../support/pod-security-cases";

const allowed = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];
const forbidden = [
  ...[
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
  ],
  ...[
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
  ],
  ...["scaleIO", "storageos"],
];

podSecurityCases(restrictedVolumes, "restricted-volumes", [
  ...forbidden.map((type) => ({
    it: `[FL-14] forbids ${type}, at every version`,
    at: from("v1.0"),
    change: ({ spec }: { spec: object }) => Object.assign(spec, { volumes: [{ name: "v", [type]: {} }] }),
    says: `restricted volume types (volume "v" uses restricted volume type "${type}")`,
    fields: [`volumes[0].${type}`],
  })),
  {
    it: "[FL-14] names volumes in order and types sorted, each once",
    change: ({ spec }) =>
      Object.assign(spec, {
        volumes: [{ name: "a", nfs: {} }, { name: "b", emptyDir: {} }, { hostPath: {} }, { name: "c", nfs: {} }],
      }),
    says: 'restricted volume types (volumes "a", "", "c" use restricted volume types "hostPath", "nfs")',
    fields: ["volumes[0].nfs", "volumes[2].hostPath", "volumes[3].nfs"],
  },
  {
    it: "[FL-14] names the first type of a volume with several, in upstream's order",
    change: ({ spec }) =>
      Object.assign(spec, { volumes: [{ name: "v", portworxVolume: {}, photonPersistentDisk: {} }] }),
    says: 'restricted volume types (volume "v" uses restricted volume type "photonPersistentDisk")',
  },
  {
    it: "[FL-14] allows the nine safe types, at every version",
    at: from("v1.0"),
    change: ({ spec }) => Object.assign(spec, { volumes: allowed.map((type) => ({ name: type, [type]: {} })) }),
  },
  {
    it: "[FL-14] takes a volume without a source for an emptyDir, as the API server does",
    change: ({ spec }) =>
      Object.assign(spec, {
        volumes: [{ name: "a" }, { name: "b", hostPath: null }, { name: "c", unheardOf: {} }, null],
      }),
  },
  {
    it: "[FL-14] is not asked by baseline",
    level: "baseline",
    change: ({ spec }) => Object.assign(spec, { volumes: [{ name: "v", nfs: {} }] }),
  },
]);
