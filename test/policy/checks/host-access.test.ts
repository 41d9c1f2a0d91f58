import { hostAccess } from "../../../policy/checks/host-access";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment, manifest, podSpec } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const volumes = (...given: JsonObject[]) => deployment(podSpec({ volumes: given }));
const host = (path: unknown) => volumes({ name: "host", hostPath: { path: path as string } });
const pv = (spec: unknown) => object("v1", "PersistentVolume", spec as Json);
const must = (got: string, field = "spec.template.spec.volumes[0].hostPath.path") => [
  `${field} must be something else than a folder of the node, got ${got}`,
];
const unsure = (field: string) => [`${field} cannot be evaluated, got a value unknown until deployment`];

ruleCases(hostAccess, "host-access", [
  ["passes other volumes", deployment()],
  ["passes a hostPath of null, which is none", volumes({ name: "tmp", emptyDir: {}, hostPath: null })],
  ...[
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/etc/pam.d",
    "/etc/kubernetes",
    "/home",
    "/mnt/data",
    "/opt/cni/bin",
    "/proc",
    "/root",
    "/run",
    "/srv",
    "/sys",
    "/tmp",
    "/usr/bin",
    "/var/lib",
    "/var/lib/kubelet/pods",
    "/var/log",
    "/var/run/secrets",
  ].flatMap((path) => [
    [`fails ${path} of a pod`, host(path), must(`the node's ${path}`)] as const,
    [
      `fails ${path} of a PersistentVolume, which Pod Security does not see`,
      pv({ hostPath: { path } }),
      must(`the node's ${path}`, "spec.hostPath.path"),
    ] as const,
    [
      `fails ${path} of a local PersistentVolume`,
      pv({ local: { path } }),
      must(`the node's ${path}`, "spec.local.path"),
    ] as const,
  ]),
  ["fails Docker's socket", host("/var/run/docker.sock"), must("the container runtime's socket")],
  ["fails containerd's socket", host("/run/containerd/containerd.sock"), must("the container runtime's socket")],
  ["fails a path with dots that mean nothing", host("/./etc/."), must("the node's /etc")],
  ["fails what is above", host("/srv/.."), must("a folder of the node by a path with ..")],
  ["fails one without a path", volumes({ name: "host", hostPath: {} }), must("a folder of the node")],
  ["fails a path that is no text", host(1), must("a folder of the node")],
  [
    "fails each volume of a CronJob's pod",
    manifest("batch/v1", "CronJob", {
      spec: {
        jobTemplate: {
          spec: {
            template: {
              spec: { volumes: [{ emptyDir: {} }, { hostPath: { path: "/a" } }, { hostPath: { path: "/b" } }] },
            },
          },
        },
      },
    }),
    [1, 2].flatMap((index) =>
      must(`the node's /${"ab"[index - 1]}`, `spec.jobTemplate.spec.template.spec.volumes[${index}].hostPath.path`),
    ),
  ],
  ["cannot evaluate an unknown path", host(UNKNOWN), unsure("spec.template.spec.volumes[0].hostPath.path")],
  [
    "cannot evaluate an unknown volume",
    deployment(podSpec({ volumes: UNKNOWN as never })),
    unsure("spec.template.spec.volumes[0].hostPath.path"),
  ],
  ["cannot evaluate an unknown PersistentVolume", pv(UNKNOWN), unsure("spec.hostPath.path")],
  ["cannot evaluate one with an unknown source", pv({ local: UNKNOWN }), unsure("spec.local.path")],
  ["passes a PersistentVolume of a network", pv({ nfs: { server: "nfs.example", path: "/shop" } })],
  ["passes one of another driver", pv({ csi: { driver: "ebs.csi.aws.com", volumeHandle: "vol-1" } })],
  [
    "fails drivers that hand out folders of the node",
    [
      volumes({ name: "data", csi: { driver: "hostpath.csi.k8s.io" } }),
      pv({ csi: { driver: "local.csi.openebs.io" } }),
      manifest("storage.k8s.io/v1", "StorageClass", { provisioner: "rancher.io/local-path" }),
    ],
    [
      ...must("hostpath.csi.k8s.io, whose volumes are folders of the node", "spec.template.spec.volumes[0].csi.driver"),
      ...must("local.csi.openebs.io, whose volumes are folders of the node", "spec.csi.driver"),
      ...must("rancher.io/local-path, whose volumes are folders of the node", "provisioner"),
    ],
  ],
  ...["docker.io/hostpath", "k8s.io/minikube-hostpath", "kubernetes.io/host-path", "microk8s.io/hostpath"].map(
    (driver): Case => [
      `fails ${driver}`,
      manifest("storage.k8s.io/v1", "StorageClass", { provisioner: driver }),
      must(`${driver}, whose volumes are folders of the node`, "provisioner"),
    ],
  ),
  ...[
    "org.democratic-csi.local-hostpath",
    "kubevirt.io.hostpath-provisioner",
    "cluster.local/Local-Path-provisioner",
  ].map(
    (driver): Case => [
      `fails ${driver}, which says so in its name`,
      [pv({ csi: { driver } }), manifest("storage.k8s.io/v1", "StorageClass", { provisioner: driver })],
      [
        ...must(`${driver}, whose volumes are folders of the node`, "spec.csi.driver"),
        ...must(`${driver}, whose volumes are folders of the node`, "provisioner"),
      ],
    ],
  ),
  [
    "fails a flexVolume of any driver",
    [pv({ flexVolume: { driver: "example/x" } }), volumes({ name: "data", flexVolume: { driver: "example/x" } })],
    [
      ...must("a flexVolume, whose driver is a program of the node", "spec.template.spec.volumes[0].flexVolume"),
      ...must("a flexVolume, whose driver is a program of the node", "spec.flexVolume"),
    ],
  ],
  ["cannot evaluate an unknown flexVolume", pv({ flexVolume: UNKNOWN }), unsure("spec.flexVolume")],
  [
    "passes drivers of local disks and of a network",
    [
      "topolvm.io",
      "local.csi.aliyun.com",
      "disk.csi.azure.com",
      "kubernetes.io/no-provisioner",
      "pathfinder.example",
    ].map((provisioner) => manifest("storage.k8s.io/v1", "StorageClass", { provisioner })),
  ],
  ["passes other provisioners", manifest("storage.k8s.io/v1", "StorageClass", { provisioner: "ebs.csi.aws.com" })],
  [
    "passes another kind with such a field",
    object("example.com/v1", "PersistentVolume", { hostPath: { path: "/etc" } }),
  ],
  ["passes another kind of Kubernetes with such a field", object("v1", "Endpoints", { hostPath: { path: "/etc" } })],
]);
