/** Every container says how much it needs and how much it may take, so that one cannot starve its neighbours and the scheduler can place it.
 *  Fields: spec.{initContainers,containers}[*].resources.{requests,limits}.{cpu,memory}; wanted: all four, above zero.
 *  A missing request counts as its limit, as the API server fills it in. Ephemeral containers cannot have resources. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { containerRule } from "../rules/object-rule";

export const resources = containerRule(
  {
    id: "resources",
    severity: "medium",
    description: "Every container has requests and limits for cpu and memory, so that it cannot starve its neighbours.",
    fix: "set resources.requests and resources.limits with cpu and memory on the container",
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    controls: ["MR-32", "CIS 5.6.3"],
  },
  function* ({ node, room }) {
    if (room === "ephemeralContainers") return;
    const missing: string[] = [];
    let unknown = false;
    for (const resource of ["cpu", "memory"]) {
      const limit = read(node, "resources", "limits", resource);
      const request = read(node, "resources", "requests", resource) ?? limit;
      unknown ||= limit === UNKNOWN || request === UNKNOWN;
      if (isNothing(request)) missing.push(`requests.${resource}`);
      if (isNothing(limit)) missing.push(`limits.${resource}`);
    }
    const want = "complete (cpu and memory, requests and limits)";
    if (missing.length > 0) yield { field: "resources", said: `no ${missing.toSorted().join(", ")}`, want };
    else if (unknown) yield { field: "resources", got: UNKNOWN, want };
  },
);

/** Absent, no quantity at all, or one of zero, which Kubernetes takes for "no limit". */
function isNothing(quantity: unknown): boolean {
  return quantity !== UNKNOWN && /^[+-]?0*\.?0*(?:[a-zA-Z]*|[eE][+-]?\d+)$/.test(word(quantity));
}
