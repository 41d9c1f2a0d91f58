/** A volume that is a folder of the node leaves the container: whatever the folder is today, a link in it or a later mount makes it another one, and files
 *  the container writes there run or are read with the node's rights. The runtime's socket is root on the node.
 *  Fields: spec.volumes[*].{hostPath,flexVolume} of pods, spec.{hostPath,local,flexVolume} of a PersistentVolume, drivers of CSI that hand out folders of the
 *  node (spec.volumes[*].csi.driver, spec.csi.driver), provisioner of a StorageClass that makes such PersistentVolumes; wanted: none. The driver of a
 *  flexVolume is a program in a folder of the node, which the kubelet runs as root. Pod Security's
 *  host-path-volumes refuses the hostPath of a pod too; it does not look at PersistentVolumes (k8s.io/pod-security-admission, PodSpecExtractor).
 *  Allowed by an exemption with its reason, for a node agent or disks that are attached to nodes. */
import { isKind } from "../manifest/is-kind";
import { list, read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { type Complaint, objectRule, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "host-access",
  severity: "critical",
  description: "No volume is a folder of the node or a container runtime's socket.",
  why: "Through files of the node a container reads other pods' data, takes over the runtime or becomes root on the node.",
  fix: "claim storage of a CSI driver that hands out disks or network storage; a node agent, and local disks, get an exemption with the reason",
  controls: ["CIS 5.2.11", "NSA/CISA Pod security"],
};

const socket = /(?:^|\/)(?:docker|containerd|crio|cri-dockerd|podman|buildkitd)\.sock$/;

/** Drivers and provisioners whose volumes are folders of the node, by their projects' documentation: all but two say so in their name, whoever made them. */
const nodeDrivers: ReadonlySet<string> = new Set(["local.csi.openebs.io", "openebs.io/local"]);
const nodeDriver = /(?:host|local)[-_.]?(?:host)?[-_.]?path/i;

const want = "something else than a folder of the node";

/** What a path of the node is, in words. */
function folder(path: unknown): string {
  if (typeof path !== "string") return "a folder of the node";
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const clean = `/${parts.join("/")}`;
  if (socket.test(clean)) return "the container runtime's socket";
  return parts.includes("..") ? "a folder of the node by a path with .." : `the node's ${clean}`;
}

function* evaluate(field: string, source: unknown): Iterable<Complaint> {
  if (source === undefined) return;
  const path = read(source, "path");
  if (source === UNKNOWN || path === UNKNOWN) yield { field: `${field}.path`, got: UNKNOWN, want };
  else yield { field: `${field}.path`, said: folder(path), want };
}

function* evaluateDriver(field: string, got: unknown): Iterable<Complaint> {
  if (got === UNKNOWN) yield { field, got, want };
  else if (nodeDrivers.has(word(got)) || nodeDriver.test(word(got)))
    yield { field, said: `${word(got)}, whose volumes are folders of the node`, want };
}

function* evaluateProgram(field: string, source: unknown): Iterable<Complaint> {
  const complaint = { field, want };
  if (source === UNKNOWN) yield { ...complaint, got: UNKNOWN };
  else if (source !== undefined) yield { ...complaint, said: "a flexVolume, whose driver is a program of the node" };
}

const ofPods = podRule(info, function* ({ spec }) {
  for (const [index, volume] of list(spec, "volumes").entries()) {
    const field = `volumes[${index}]`;
    yield* evaluate(`${field}.hostPath`, read(volume, "hostPath"));
    if (volume === UNKNOWN) continue;
    yield* evaluateDriver(`${field}.csi.driver`, read(volume, "csi", "driver"));
    yield* evaluateProgram(`${field}.flexVolume`, read(volume, "flexVolume"));
  }
});

const ofObjects = objectRule(info, function* ({ object }) {
  if (isKind(object, "", "PersistentVolume")) {
    const spec = read(object, "spec");
    yield* evaluate("spec.hostPath", read(spec, "hostPath"));
    if (spec === UNKNOWN) return;
    yield* evaluate("spec.local", read(spec, "local"));
    yield* evaluateDriver("spec.csi.driver", read(spec, "csi", "driver"));
    yield* evaluateProgram("spec.flexVolume", read(spec, "flexVolume"));
  }
  if (isKind(object, "storage.k8s.io", "StorageClass"))
    yield* evaluateDriver("provisioner", read(object, "provisioner"));
});

export const hostAccess: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofPods.check(objects, context), ...ofObjects.check(objects, context)],
};
