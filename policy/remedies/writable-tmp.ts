/** Mounts an empty folder at /tmp where nothing is mounted, from one volume for the pod. */
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { containerPlaces, type Edit, nothingExempt, podPlaces, type Remedy } from "./remedy";

const free = "hardened-tmp";

export const writableTmp: Remedy = {
  does: `adds the volume {name: ${free}, emptyDir: {}} and mounts it at /tmp in containers that mount nothing there`,
  edits: (object, isExempt = nothingExempt) =>
    podPlaces(object).flatMap((place): Edit[] => {
      const volumes = list(place.spec, "volumes");
      const taken = volumes.some(
        (one) => one === UNKNOWN || read(one, "name") === UNKNOWN || text(one, "name") === free,
      );
      const wanting = containerPlaces(place).filter(({ at, node }) => wants(node) && !isExempt(at));
      if (taken || wanting.length === 0) return [];
      return [
        { path: [...place.at, "volumes", volumes.length], value: { name: free, emptyDir: {} } },
        ...wanting.map(({ at, node }) => ({
          path: [...at, "volumeMounts", list(node, "volumeMounts").length],
          value: { name: free, mountPath: "/tmp" },
        })),
      ];
    }),
};

function wants(node: unknown): boolean {
  if (read(node, "securityContext", "readOnlyRootFilesystem") !== true) return false;
  const paths = list(node, "volumeMounts").map((one) => read(one, "mountPath"));
  return !paths.some((path) => typeof path !== "string" || path.replace(/(?<!\/)\/+$/, "") === "/tmp");
}
