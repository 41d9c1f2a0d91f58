import { hostAccess } from "../../../policy/checks/host-access";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const host = (path: unknown) =>
  deployment(podSpec({ volumes: [{ name: "host", hostPath: { path: path as string } }] }));
const must = (got: string, field = "spec.template.spec.volumes[0].hostPath.path") => [
  `${field} must be away from the node's own files, got ${got}`,
];

ruleCases(hostAccess, "host-access", [
  ["passes other volumes", deployment()],
  ["passes a folder for data, which Pod Security refuses for pods anyway", host("/srv/data")],
  ["fails Docker's socket", host("/var/run/docker.sock"), must("the container runtime's socket")],
  ["fails containerd's socket", host("/run/containerd/containerd.sock"), must("the container runtime's socket")],
  ["fails the folder it lies in", host("/run/containerd/"), must("the node's /run/containerd")],
  ["fails it by its other name", host("/var/run/containerd"), must("the node's /run/containerd")],
  ["fails the root", host("//"), must("the node's /")],
  ["fails what is above", host("/srv/.."), must("a path with ..")],
  ["fails the kubelet's folder", host("/var/lib/kubelet/pods"), must("the node's /var/lib/kubelet")],
  [
    "fails a PersistentVolume, which Pod Security does not see",
    object("v1", "PersistentVolume", { hostPath: { path: "/etc" } }),
    must("the node's /etc", "spec.hostPath.path"),
  ],
  [
    "fails a local PersistentVolume",
    object("v1", "PersistentVolume", { local: { path: "/proc" } }),
    must("the node's /proc", "spec.local.path"),
  ],
  ["passes a local PersistentVolume on a disk", object("v1", "PersistentVolume", { local: { path: "/mnt/disks/1" } })],
  [
    "cannot judge an unknown path",
    host(UNKNOWN),
    ["spec.template.spec.volumes[0].hostPath.path cannot be judged, got a value unknown until deployment"],
  ],
  ...["/boot", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/usr", "/var", "/var/run"].map(
    (path) => [`fails ${path}, the folder itself`, host(path), must(`the node's ${path}`)] as const,
  ),
  ...[
    "/etc/kubernetes",
    "/root",
    "/proc",
    "/etc/systemd",
    "/run/k3s",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
  ].map((path) => [`fails what lies in ${path}`, host(`${path}/a`), must(`the node's ${path}`)] as const),
  ["passes a folder with a longer name", host("/var/lib/dockerfiles")],
  ["fails a path with dots that mean nothing", host("/./etc/."), must("the node's /etc")],
  [
    "passes another kind with such a field",
    object("example.com/v1", "PersistentVolume", { hostPath: { path: "/etc" } }),
  ],
  ["passes another kind of Kubernetes with such a field", object("v1", "Endpoints", { hostPath: { path: "/etc" } })],
]);
