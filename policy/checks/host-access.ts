/** The runtime's socket is root on the node: whoever can write to it starts any container with any mount. Some folders of a node are as good.
 *  Fields: spec.volumes[*].hostPath.path, PersistentVolume spec.hostPath.path and spec.local.path; forbidden: the places below and what is in them.
 *  Pod Security's host-path-volumes refuses every hostPath of a pod; this one says what is at stake, and also sees PersistentVolumes. */

import { list, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "host-access",
  severity: "critical",
  description: "No volume reaches a container runtime's socket or the parts of a node that give it away.",
  fix: "remove the volume; build images and watch containers through the API server or a node agent with its own exemption",
  enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
  controls: ["CIS 5.2.11", "NSA/CISA Pod security"],
};

const socket = /(?:^|\/)(?:docker|containerd|crio|cri-dockerd|podman|buildkitd)\.sock$/;
const folders = ["/", "/dev", "/etc", "/home", "/run", "/usr", "/var", "/var/run"];
const trees = [
  "/boot",
  "/etc/cron.d",
  "/etc/kubernetes",
  "/etc/ssh",
  "/etc/systemd",
  "/proc",
  "/root",
  "/run/containerd",
  "/run/k3s",
  "/sys",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/lib/etcd",
  "/var/lib/kubelet",
];

const want = "away from the node's own files";

function reason(path: string): string | undefined {
  const clean = `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
  if (socket.test(clean)) return "the container runtime's socket";
  if (clean.includes("..")) return "a path with ..";
  if (folders.includes(clean)) return `the node's ${clean}`;
  const plain = clean.replace(/^\/var\/run\//, "/run/");
  const tree = trees.find((one) => plain === one || plain.startsWith(`${one}/`));
  return tree === undefined ? undefined : `the node's ${tree}`;
}

function* judge(field: string, got: unknown): Iterable<{ field: string; want: string; got?: unknown; said?: string }> {
  if (got === UNKNOWN) yield { field, got, want };
  const said = typeof got === "string" ? reason(got) : undefined;
  if (said !== undefined) yield { field, said, want };
}

const ofPods = podRule(info, function* ({ spec }) {
  for (const [index, volume] of list(spec, "volumes").entries())
    yield* judge(`volumes[${index}].hostPath.path`, read(volume, "hostPath", "path"));
});

const ofVolumes = objectRule(info, function* ({ object }) {
  if (object.kind !== "PersistentVolume" || object.apiVersion !== "v1") return;
  yield* judge("spec.hostPath.path", read(object, "spec", "hostPath", "path"));
  yield* judge("spec.local.path", read(object, "spec", "local", "path"));
});

export const hostAccess: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofPods.check(objects, context), ...ofVolumes.check(objects, context)],
};
