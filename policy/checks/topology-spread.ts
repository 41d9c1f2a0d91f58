/** Copies on one node, or in one zone, fail together.
 *  Fields: spec.topologySpreadConstraints, or spec.affinity.podAntiAffinity, of pods of which two or more run; wanted: one for kubernetes.io/hostname or
 *  topology.kubernetes.io/zone whose selector fits the pod's own labels, in their
 *  namespace, with a maxSkew below the number of pods. A StatefulSet or Deployment with a single pod is not asked, nor a DaemonSet. */

import { list, read } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { autoscalersOf, leastReplicas } from "../rules/autoscaler";
import { objectRule } from "../rules/object-rule";
import { allOf, anyOf, selects, type Truth } from "../rules/selector";
import { type Workload, workloadsOf } from "../rules/workload";

const keys: readonly unknown[] = [
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
];

export const topologySpread = objectRule(
  {
    id: "topology-spread",
    severity: "low",
    description:
      "The pods of a workload with two or more are spread over nodes or zones, so that they do not fail together.",
    fix: "add topologySpreadConstraints for kubernetes.io/hostname and topology.kubernetes.io/zone with the pod's own labels as selector",
    across: true,
    controls: ["COS-06", "COS-07", "ZN T8"],
  },
  function* (manifest, context, objects) {
    const [workload] = workloadsOf([manifest], context);
    if (workload?.replicas === undefined) return;
    const least = leastReplicas(workload, autoscalersOf(objects, context));
    if (least === undefined || (least !== UNKNOWN && least < 2)) return;
    const truth = anyOf([...spreads(workload, least), ...avoids(workload)]);
    const complaint = { field: "spec.template.spec.topologySpreadConstraints", want: "a spread over nodes or zones" };
    if (truth === UNKNOWN || (truth === false && least === UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    else if (!truth) yield { ...complaint, said: `none that fits the pods (there are ${String(least)})` };
  },
);

/** A skew as large as the number of pods allows all of them in one place. */
function spreads({ spec, labels }: Workload, least: number | Unknown): Truth[] {
  return list(spec, "topologySpreadConstraints").map((one) => {
    const skew = read(one, "maxSkew");
    const isTight = typeof skew !== "number" || least === UNKNOWN || skew < least;
    return allOf([isTight, fits(one, read(one, "labelSelector"), labels)]);
  });
}

function avoids({ spec, labels, namespace }: Workload): Truth[] {
  const anti = read(spec, "affinity", "podAntiAffinity");
  const soft = list(anti, "preferredDuringSchedulingIgnoredDuringExecution").map((one) => read(one, "podAffinityTerm"));
  const hard = list(anti, "requiredDuringSchedulingIgnoredDuringExecution");
  return [...hard, ...soft].map((one) => {
    const namespaces = list(one, "namespaces");
    const isHere = namespaces.length === 0 || namespaces.includes(namespace) || namespaces.includes(UNKNOWN);
    return allOf([
      isHere || read(one, "namespaceSelector") !== undefined,
      fits(one, read(one, "labelSelector"), labels),
    ]);
  });
}

function fits(term: unknown, selector: unknown, labels: unknown): Truth {
  if (term === UNKNOWN) return UNKNOWN;
  const key = read(term, "topologyKey");
  return allOf([key === UNKNOWN ? UNKNOWN : keys.includes(key), selects(selector, labels)]);
}
