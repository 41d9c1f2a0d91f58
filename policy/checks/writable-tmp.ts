/** A read-only root needs a writable /tmp beside it: most runtimes write temporary files and stop with "Read-only file system".
 *  Fields: spec.{initContainers,containers}[*].volumeMounts, spec.volumes; wanted: a mount at /tmp of a volume that can be written. */

import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { containerRule } from "../rules/object-rule";

/** Volumes the kubelet always mounts read-only. */
const readOnlySources = ["configMap", "secret", "projected", "downwardAPI", "image"];

export const writableTmp = containerRule(
  {
    id: "writable-tmp",
    severity: "low",
    description:
      "A container with a read-only root filesystem has a writable /tmp, since most programs write temporary files.",
    fix: 'add the volume {name: tmp, emptyDir: {}} to the pod and mount it in the container at "/tmp"',
    controls: ["MR-35"],
  },
  function* ({ node, pod, type }) {
    const readOnly = read(node, "securityContext", "readOnlyRootFilesystem");
    if (type === "ephemeralContainers" || (readOnly !== true && readOnly !== UNKNOWN)) return;
    if (read(pod.spec, "os", "name") === "windows") return;
    const unsure = readOnly === UNKNOWN ? UNKNOWN : undefined;
    const mounts = list(node, "volumeMounts");
    const mount = mounts.find((item) => text(item, "mountPath").replace(/(?<!\/)\/+$/, "") === "/tmp");
    if (mount === undefined) {
      yield {
        field: "volumeMounts",
        got: mounts.includes(UNKNOWN) ? UNKNOWN : unsure,
        said: "nothing mounted at /tmp",
        want: tmp,
      };
      return;
    }
    const volume = list(pod.spec, "volumes").find((item) => text(item, "name") === text(mount, "name"));
    const source = readOnlySources.find((name) => read(volume, name) !== undefined);
    if (read(mount, "readOnly") === true)
      yield { field: "volumeMounts", got: unsure, said: "/tmp mounted read-only", want: tmp };
    else if (source !== undefined)
      yield { field: "volumeMounts", got: unsure, said: `a ${source} volume at /tmp, which is read-only`, want: tmp };
  },
);

const tmp = "a writable volume mounted at /tmp";
