/** Every container says how much it needs and how much it may take, so that one cannot starve its neighbours and the scheduler can place it.
 *  Fields: spec.{initContainers,containers}[*].resources.{requests,limits}.{cpu,memory}; wanted: all four, above zero, no request above its limit.
 *  A missing request counts as its limit, as the API server fills it in. Ephemeral containers cannot have resources. */

import { quantityOf } from "../manifest/quantity";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { containerRule } from "../rules/object-rule";

export const resources = containerRule(
  {
    id: "resources",
    severity: "medium",
    description: "Every container has requests and limits for cpu and memory, so that it cannot starve its neighbours.",
    fix: "set resources.requests and resources.limits with cpu and memory on the container",
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    controls: ["MR-32", "CIS 5.6.3", "NSA/CISA Network separation and hardening"],
  },
  function* ({ node, room }) {
    if (room === "ephemeralContainers") return;
    const missing: string[] = [];
    const above: string[] = [];
    let unknown = false;
    for (const resource of ["cpu", "memory"] as const) {
      const limit = read(node, "resources", "limits", resource);
      const request = read(node, "resources", "requests", resource) ?? limit;
      unknown ||= limit === UNKNOWN || request === UNKNOWN;
      if (isNothing(request, resource)) missing.push(`requests.${resource}`);
      if (isNothing(limit, resource)) missing.push(`limits.${resource}`);
      else if ((quantityOf(request) ?? 0) > (quantityOf(limit) ?? Infinity)) above.push(resource);
    }
    const want = "complete (cpu and memory, requests and limits)";
    const faults = [
      ...(missing.length > 0 ? [`no ${missing.toSorted().join(", ")}`] : []),
      ...above.map((resource) => `requests.${resource} above limits.${resource}`),
    ];
    if (faults.length > 0) yield { field: "resources", said: faults.join(" and "), want };
    else if (unknown) yield { field: "resources", got: UNKNOWN, want };
  },
);

/** Absent, no quantity at all, or one of zero, which Kubernetes takes for "no limit"; of memory also less than a byte, as in "128m". */
function isNothing(quantity: unknown, resource: "cpu" | "memory"): boolean {
  if (quantity === UNKNOWN) return false;
  const amount = quantityOf(quantity) ?? 0;
  return resource === "memory" ? amount < 1 : amount <= 0;
}
