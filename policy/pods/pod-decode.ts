/** The quick way from JSON to a CheckedPod. Most pods are plain: every field the checks read is absent or of its API type, nothing is null or
 *  unknown. Anything else is for pod-reading.ts, slowly and with words. Nothing is allocated, because this runs for every pod; and the keys an object
 *  has are gone through, because asking pods of many shapes for each key they might have takes longer. */
import type { CheckedPod } from "./checked-pod";
import { containers } from "./container-decode";
import { podContext } from "./context-decode";
import { type Fields, isFields, isFlag, isText } from "./plain-types";
import { volumeSources } from "./pod-schema";
import type { PodSpec, Volume } from "./pod-types";

/** Containers a CheckedPod keeps room for between pods. */
const kept = 64;

/** Fills `into` and answers true when the pod is plain. False only means: look closely; what `into` holds then is of no use. */
export function decode(pod: unknown, into: CheckedPod): boolean {
  if (!isFields(pod)) return false;
  const { metadata, spec } = pod;
  if (!isFields(metadata) || !isFields(spec)) return false;
  into.clear(kept);
  into.spec = spec as PodSpec;
  return annotations(metadata.annotations, into) && decodeSpec(spec, into);
}

function annotations(map: unknown, into: CheckedPod): boolean {
  if (map === undefined) return true;
  if (!isFields(map)) return false;
  for (const key in map) if (typeof map[key] !== "string") return false;
  into.annotations = map as CheckedPod["annotations"];
  return true;
}

/** Containers are read last and in upstream's order, whatever the order of the fields. */
function decodeSpec(spec: Fields, into: CheckedPod): boolean {
  let init: unknown;
  let normal: unknown;
  let ephemeral: unknown;
  for (const key in spec) {
    const value = spec[key];
    if (key === "containers") normal = value;
    else if (key === "initContainers") init = value;
    else if (key === "ephemeralContainers") ephemeral = value;
    else if (!podField(key, value, into)) return false;
  }
  return (
    containers(init, "initContainers", into) &&
    containers(normal, "containers", into) &&
    containers(ephemeral, "ephemeralContainers", into)
  );
}

function podField(key: string, value: unknown, into: CheckedPod): boolean {
  if (value === undefined) return true;
  switch (key) {
    case "securityContext":
      return podContext(value, into);
    case "volumes":
      return volumeList(value, into);
    case "hostNetwork":
      into.hostNetwork = value === true;
      return isFlag(value);
    case "hostPID":
      into.hostPID = value === true;
      return isFlag(value);
    case "hostIPC":
      into.hostIPC = value === true;
      return isFlag(value);
    case "hostUsers":
      into.hasOwnUsers = value === false;
      return isFlag(value);
    case "os":
      if (!isFields(value) || !isText(value.name)) return false;
      into.isWindows = value.name === "windows";
      return true;
    default:
      return true;
  }
}

/** Every key of a volume but its name is a source. */
function volumeList(list: unknown, into: CheckedPod): boolean {
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    const volume: unknown = list[i];
    if (!isFields(volume)) return false;
    for (const key in volume) {
      const value = volume[key];
      if (key === "name") {
        if (!isText(value)) return false;
      } else {
        if (!volumeSources.has(key) || !isFields(value)) return false;
      }
    }
  }
  into.volumes = list as Volume[];
  return true;
}
