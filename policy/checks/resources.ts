/** Every container has requests and limits, so that it cannot starve others and the scheduler can place it.
 *  Fields: spec.{initContainers,containers}[*].resources.{requests,limits}.{cpu,memory}; wanted: all four, above zero, no request above its limit.
 *  A missing request is one, although the API server fills it in with the limit or a LimitRange's default: what a container needs is then nobody's figure.
 *  Ephemeral containers cannot have resources.
 *  From Kubernetes 1.34 spec.resources of the pod bounds each container that says nothing itself (KEP-2837): its limits hold the pod's cgroup, its requests
 *  are what the scheduler places the pod by. Not on Windows. */

import { quantityOf } from "../manifest/quantity";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { minorOf } from "../rules/api-lifecycle";
import { containerRule, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "resources",
  severity: "medium",
  description: "Every container has requests and limits for cpu and memory, so that it cannot starve its neighbours.",
  fix: "set resources.requests and resources.limits with cpu and memory on the container, or from Kubernetes 1.34 on the pod as a whole",
  controls: ["MR-32", "CIS 5.6.3", "NSA/CISA Network separation and hardening"],
};

/** First minor version of Kubernetes that has resources of pods unless they are switched off (PodLevelResources). */
const podLevelSince = 34;

const kinds = ["cpu", "memory"] as const;
type Resource = (typeof kinds)[number];

const want = "complete (cpu and memory, requests and limits)";

const ofContainers = containerRule(info, function* ({ node, type, pod: { spec } }, context) {
  if (type === "ephemeralContainers") return;
  const counts = podLevelCounts(spec, context);
  const missing: string[] = [];
  const above: string[] = [];
  let unknown = false;
  for (const resource of kinds) {
    const podLimit = counts ? read(spec, "resources", "limits", resource) : undefined;
    const own = read(node, "resources", "limits", resource);
    const limit = own ?? podLimit;
    const ownRequest = read(node, "resources", "requests", resource);
    const request = ownRequest ?? (counts ? read(spec, "resources", "requests", resource) : undefined);
    unknown ||= limit === UNKNOWN || request === UNKNOWN;
    if (isNothing(request, resource)) missing.push(`requests.${resource}`);
    if (isNothing(limit, resource)) missing.push(`limits.${resource}`);
    else if (exceeds(ownRequest, limit)) above.push(`requests.${resource} above limits.${resource}`);
    else if (type === "containers" && exceeds(own, podLimit)) above.push(`limits.${resource} above the pod's`);
  }
  const ignored = !counts && read(spec, "resources") !== undefined ? "; the pod's own do not count here" : "";
  const faults = [...(missing.length > 0 ? [`no ${missing.toSorted().join(", ")}`] : []), ...above];
  if (faults.length > 0) yield { field: "resources", said: `${faults.join(" and ")}${ignored}`, want };
  else if (unknown) yield { field: "resources", got: UNKNOWN, want };
});

const ofPods = podRule(info, function* ({ spec }, context) {
  if (!podLevelCounts(spec, context)) return;
  const above = kinds.filter((resource) => {
    const limit = read(spec, "resources", "limits", resource);
    return !isNothing(limit, resource) && exceeds(read(spec, "resources", "requests", resource), limit);
  });
  const said = above.map((resource) => `requests.${resource} above limits.${resource}`).join(" and ");
  if (said !== "") yield { field: "resources", said, want };
});

export const resources: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofContainers.check(objects, context), ...ofPods.check(objects, context)],
};

/** Whether the API server keeps resources of the pod as a whole. */
function podLevelCounts(spec: unknown, { kubeVersion }: RuleContext): boolean {
  return minorOf(kubeVersion) >= podLevelSince && read(spec, "os", "name") !== "windows";
}

const exceeds = (request: unknown, limit: unknown): boolean =>
  (quantityOf(request) ?? 0) > (quantityOf(limit) ?? Number.POSITIVE_INFINITY);

/** Absent, no quantity at all, or one of zero, which Kubernetes takes for "no limit"; of memory also less than a byte, as in "128m". */
function isNothing(quantity: unknown, resource: Resource): boolean {
  if (quantity === UNKNOWN) return false;
  const amount = quantityOf(quantity) ?? 0;
  return resource === "memory" ? amount < 1 : amount <= 0;
}
