/** A container must not be able to change its own image: what an intruder writes there would run.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.readOnlyRootFilesystem; allowed: true.
 *  Windows has no such setting, so pods that say they run there are not asked. */

import { read } from "../manifest/read";
import { containerRule } from "../rules/object-rule";

export const readOnlyRootFilesystem = containerRule(
  {
    id: "read-only-root-filesystem",
    severity: "medium",
    description: "Every container's root filesystem is read-only, so that nothing can be planted in it.",
    fix: "set securityContext.readOnlyRootFilesystem: true on the container and mount an emptyDir where it writes",
    controls: ["MR-34", "MR-54", "CIS 5.6.3", "NSA/CISA Pod security"],
  },
  function* ({ node, pod }) {
    const got = read(node, "securityContext", "readOnlyRootFilesystem");
    if (got === true || read(pod.spec, "os", "name") === "windows") return;
    yield { field: "securityContext.readOnlyRootFilesystem", got, want: "true" };
  },
);
