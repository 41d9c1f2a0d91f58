import type { CheckedPod } from "../../pods/checked-pod";
import { podSecurityCheck, show } from "../contract/check";
import { plural, quoted } from "../contract/go-text";

function hasHostPath({ volumes }: CheckedPod): boolean {
  for (let i = 0; i < volumes.length; i++) if (volumes[i]?.hostPath !== undefined) return true;
  return false;
}

const pathOf = (hostPath: unknown) => {
  const { path } = hostPath as { path?: unknown };
  return typeof path === "string" ? show(path) : "set";
};

function find(pod: CheckedPod) {
  if (!hasHostPath(pod)) return null;
  const found = pod.volumes.map((volume, i) => ({ volume, i })).filter(({ volume }) => volume.hostPath !== undefined);
  const names = found.map(({ volume }) => volume.name ?? "");
  return {
    reason: "hostPath volumes",
    detail: `${plural(found.length, "volume", "volumes")} ${quoted(names)}`,
    places: () => found.map(({ volume, i }) => ({ field: `volumes[${i}].hostPath`, got: pathOf(volume.hostPath) })),
  };
}

/** A pod must not mount the files of its host.
 *  Fields: spec.volumes[*].hostPath; allowed: unset. Upstream: policy/check_hostPathVolumes.go; restricted has restricted-volumes instead. */
export const hostPathVolumes = podSecurityCheck({
  id: "host-path-volumes",
  upstream: "hostPathVolumes",
  level: "baseline",
  severity: "critical",
  title: "HostPath volumes are forbidden.",
  why: "A folder of the node, such as the container runtime's socket or the kubelet's keys, is the node itself.",
  want: "unset",
  fix: "use an emptyDir, persistentVolumeClaim, configMap, secret or projected volume",
  versions: [{ since: "v1.0", find }],
});
