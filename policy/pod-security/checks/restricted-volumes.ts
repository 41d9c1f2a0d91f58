import type { CheckedPod } from "../../pods/checked-pod";
import { safeSources, unsafeSources } from "../../pods/pod-schema";
import type { Volume } from "../../pods/pod-types";
import { podSecurityCheck } from "../contract/check";
import { distinct, plural, quoted } from "../contract/go-text";

/** The restricted type of a volume; undefined when it is allowed. One that names no source is an emptyDir. */
function restrictedType(volume: Volume): string | undefined {
  let first = unsafeSources.length;
  for (const key in volume) {
    if (safeSources.has(key)) return undefined;
    const rank = unsafeSources.indexOf(key);
    if (rank >= 0 && rank < first) first = rank;
  }
  return unsafeSources[first];
}

function find({ volumes }: CheckedPod) {
  let found: { name: string; type: string; i: number }[] | null = null;
  for (let i = 0; i < volumes.length; i++) {
    const volume = volumes[i] as Volume;
    const type = restrictedType(volume);
    if (type === undefined) continue;
    found ??= [];
    found.push({ name: volume.name ?? "", type, i });
  }
  if (found === null) return null;
  const restricted = found;
  const types = distinct(found.map(({ type }) => type));
  const who = `${plural(found.length, "volume", "volumes")} ${quoted(found.map(({ name }) => name))}`;
  const what = plural(types.length, "restricted volume type", "restricted volume types");
  return {
    reason: "restricted volume types",
    detail: `${who} ${plural(found.length, "uses", "use")} ${what} ${quoted(types)}`,
    places: () => restricted.map(({ type, i }) => ({ field: `volumes[${i}].${type}`, got: type })),
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
