/** A workload under an autoscaler leaves the number of its pods to it: a number written down throws its pods away at every deployment.
 *  Fields: spec.replicas of a workload that a HorizontalPodAutoscaler or ScaledObject targets; wanted: unset. */

import { refOf } from "../manifest/manifest";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectText } from "../message";
import { autoscalersOf, scalerOf } from "../rules/autoscaler";
import { objectRule } from "../rules/object-rule";
import { workloadsOf } from "../rules/workload";

export const replicasFixedWithAutoscaler = objectRule(
  {
    id: "replicas-fixed-with-autoscaler",
    severity: "medium",
    description:
      "A workload with an autoscaler has no fixed number of pods, which every deployment would set it back to.",
    fix: "leave out spec.replicas while the autoscaler is on",
    across: true,
    controls: ["COS-24", "TR-21"],
  },
  function* (manifest, context, objects) {
    const [workload] = workloadsOf([manifest], context);
    const got = read(manifest.object, "spec", "replicas");
    if (workload?.replicas === undefined || got === undefined) return;
    const scaler = scalerOf(workload, autoscalersOf(objects, context));
    if (scaler === undefined) return;
    if (scaler === UNKNOWN) {
      yield { field: "spec.replicas", got: UNKNOWN, want: "unset under an autoscaler" };
      return;
    }
    const name = objectText(refOf(scaler.manifest.object, context.namespace));
    yield { field: "spec.replicas", got, want: `unset, since ${name} decides it` };
  },
);
