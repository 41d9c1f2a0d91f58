import { replicasFixedWithAutoscaler } from "../../../policy/checks/replicas-fixed-with-autoscaler";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { hpa, object, workload } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const scaler = hpa("api", { minReplicas: 2, maxReplicas: 4 });
const must = (got: string, kind = "HorizontalPodAutoscaler apps/api") => [
  `spec.replicas must be unset, since ${kind} decides it, got ${got}`,
];

ruleCases(replicasFixedWithAutoscaler, "replicas-fixed-with-autoscaler", [
  ["[TR-21] passes no number with an autoscaler", [workload("api"), scaler]],
  ["passes a number without an autoscaler", workload("api", { replicas: 2 })],
  ["passes a number with an autoscaler of something else", [workload("worker", { replicas: 2 }), scaler]],
  ["passes a StatefulSet of the same name", [workload("api", { replicas: 2 }, "StatefulSet"), scaler]],
  ["[TR-21] fails a number with an autoscaler", [workload("api", { replicas: 2 }), scaler], must("2")],
  [
    "fails it with KEDA's",
    [
      workload("api", { replicas: 1 }),
      object("keda.sh/v1alpha1", "ScaledObject", { scaleTargetRef: { name: "api" } }, "api"),
    ],
    must("1", "ScaledObject apps/api"),
  ],
  [
    "cannot evaluate an unknown number",
    [workload("api", { replicas: UNKNOWN as never }), scaler],
    ["spec.replicas cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "cannot evaluate an unknown target",
    [workload("api", { replicas: 2 }), hpa(UNKNOWN as never, {}, "x")],
    ["spec.replicas cannot be evaluated, got a value unknown until deployment"],
  ],
]);
