import { podSecurityCheck } from "../../pod-security/check";
import { distinct, plural, quoted } from "../../pod-security/go-text";
import type { CheckedPod } from "../../pods/checked-pod";
import { unsafeSources } from "../../pods/pod-schema";
import type { Volume } from "../../pods/pod-types";

const isAllowed = (volume: Volume) =>
  volume.configMap !== undefined ||
  volume.csi !== undefined ||
  volume.downwardAPI !== undefined ||
  volume.emptyDir !== undefined ||
  volume.ephemeral !== undefined ||
  volume.image !== undefined ||
  volume.persistentVolumeClaim !== undefined ||
  volume.projected !== undefined ||
  volume.secret !== undefined;

function hasRestricted({ volumes }: CheckedPod): boolean {
  for (let i = 0; i < volumes.length; i++) if (!isAllowed(volumes[i] as Volume)) return true;
  return false;
}

function find(pod: CheckedPod) {
  if (!hasRestricted(pod)) return null;
  const found = pod.volumes
    .map((volume, i) => ({ volume, i }))
    .filter(({ volume }) => !isAllowed(volume))
    .map(({ volume, i }) => ({
      name: volume.name ?? "",
      type: unsafeSources.find((type) => volume[type] !== undefined) ?? "unknown",
      i,
    }));
  const types = distinct(found.map(({ type }) => type));
  const who = `${plural(found.length, "volume", "volumes")} ${quoted(found.map(({ name }) => name))}`;
  const what = plural(types.length, "restricted volume type", "restricted volume types");
  return {
    reason: "restricted volume types",
    detail: `${who} ${plural(found.length, "uses", "use")} ${what} ${quoted(types)}`,
    places: () => found.map(({ type, i }) => ({ field: `volumes[${i}].${type}`, got: type })),
  };
}

/** Only volume types that give no way to the host or past the storage classes.
 *  Fields: spec.volumes[*]; allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret.
 *  Upstream: policy/check_restrictedVolumes.go. */
export const restrictedVolumes = podSecurityCheck({
  id: "restricted-volumes",
  upstream: "restrictedVolumes",
  level: "restricted",
  severity: "high",
  title: "Only safe volume types may be used.",
  why: "Other types reach storage of the node or the network with the node's rights instead of the pod's.",
  want: "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
  fix: "use one of the allowed types; for other storage a persistentVolumeClaim",
  overrides: "host-path-volumes",
  versions: [{ since: "v1.0", find }],
});
