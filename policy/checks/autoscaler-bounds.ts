/** An autoscaler stays inside bounds: no upper one is a bill without end, a least of zero is an outage at the first request, one pod in production
 *  is none while its node is drained.
 *  Fields: spec.minReplicas, spec.maxReplicas of a HorizontalPodAutoscaler, spec.minReplicaCount, spec.maxReplicaCount of KEDA's ScaledObject,
 *  spec.resourcePolicy.containerPolicies[*].{minAllowed,maxAllowed} of a VerticalPodAutoscaler. */

import { isKind } from "../manifest/is-kind";
import { list, read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { autoscalersOf } from "../rules/autoscaler";
import { objectRule } from "../rules/object-rule";
import { seesObject } from "../rules/scope";

/** Annotation that keeps KEDA at a number of pods. */
const pausedAt = "autoscaling.keda.sh/paused-replicas";

export const autoscalerBounds = objectRule(
  {
    id: "autoscaler-bounds",
    severity: "medium",
    description:
      "Autoscalers have a least above zero (two in production), a most above it, and VPAs bounds for every resource.",
    fix: "set the autoscaler's least and most to what the workload needs at night and what the cluster can bear",
    controls: ["COS-24", "COS-26", "TR-48"],
  },
  function* (manifest, context) {
    if (!seesObject(context)) return;
    const least = context.profile === "prod" ? 2 : 1;
    for (const { minField, min, maxField, max } of autoscalersOf([manifest], context)) {
      const wantMin = `at least ${least}`;
      if (min === UNKNOWN) yield { field: minField, got: UNKNOWN, want: wantMin };
      else if (min < least) yield { field: minField, got: min, want: wantMin };
      const wantMax = min === UNKNOWN ? "above the least" : `above ${min}, the least`;
      if (max === undefined || max === UNKNOWN) yield { field: maxField, got: max, want: wantMax };
      else if (min !== UNKNOWN && max <= min) yield { field: maxField, got: max, want: wantMax };
    }
    const { object } = manifest;
    const isKeda = isKind(object, "keda.sh", "ScaledObject");
    if (isKeda && read(object, "spec", "idleReplicaCount") !== undefined)
      yield { field: "spec.idleReplicaCount", got: read(object, "spec", "idleReplicaCount"), want: "unset" };
    const paused = read(object, "metadata", "annotations", pausedAt);
    if (isKeda && (paused === UNKNOWN || (paused !== undefined && Number(word(paused)) < 1)))
      yield { field: `metadata.annotations["${pausedAt}"]`, got: paused, want: "at least 1" };
    for (const [index, trigger] of list(object, "spec", "triggers").entries()) {
      if (!isKeda || read(trigger, "type") !== "cron") continue;
      const got = read(trigger, "metadata", "desiredReplicas");
      const field = `spec.triggers[${index}].metadata.desiredReplicas`;
      if (got === UNKNOWN || Number(word(got)) < 1) yield { field, got, want: "at least 1" };
    }
    if (!isKind(object, "autoscaling.k8s.io", "VerticalPodAutoscaler")) return;
    const policies = list(object, "spec", "resourcePolicy", "containerPolicies");
    const field = "spec.resourcePolicy.containerPolicies";
    if (policies.length === 0) yield { field, said: "none", want: "complete (minAllowed and maxAllowed)" };
    for (const [index, policy] of policies.entries()) {
      if (read(policy, "mode") === "Off") continue;
      for (const key of ["minAllowed", "maxAllowed"]) {
        const got = read(policy, key);
        if (got === undefined || got === UNKNOWN)
          yield { field: `${field}[${index}].${key}`, got, want: "set for cpu and memory" };
      }
    }
  },
);
