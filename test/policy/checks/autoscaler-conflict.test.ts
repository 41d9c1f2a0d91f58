import { autoscalerConflict } from "../../../policy/checks/autoscaler-conflict";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { hpa, object } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const vpa = (updateMode: unknown, rest: JsonObject = {}, target = "api") =>
  object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", {
    targetRef: { kind: "Deployment", name: target },
    ...(updateMode !== undefined && { updatePolicy: { updateMode: updateMode as string } }),
    ...rest,
  });
const by = (...names: unknown[]) =>
  hpa("api", { metrics: names.map((name) => ({ type: "Resource", resource: { name: name as string } })) });
const requests = hpa("api", { metrics: [{ type: "Pods", pods: { metric: { name: "requests" } } }] });
const must = (got: string, resources = "cpu") => [
  `spec.updatePolicy.updateMode must be "Off", since HorizontalPodAutoscaler apps/api scales by ${resources}, got ${got}`,
];
const undetermined = ["spec.updatePolicy.updateMode cannot be judged, got a value unknown until deployment"];

ruleCases(autoscalerConflict, "autoscaler-conflict", [
  ["[COS-23] passes a VPA that only recommends", [vpa("Off"), by("cpu")]],
  ["[COS-23] fails one that acts beside an HPA by cpu", [vpa("Auto"), by("cpu")], must('"Auto"')],
  ["[COS-23] fails Recreate, by memory too", [vpa("Recreate"), by("cpu", "memory")], must('"Recreate"', "cpu, memory")],
  ["fails one without a mode, which acts", [vpa(undefined), by("cpu")], must('"Auto"')],
  ["fails an HPA without metrics, which means cpu", [vpa("Auto"), hpa("api", {})], must('"Auto"')],
  ["passes an HPA by something else", [vpa("Auto"), requests]],
  ["passes another target", [vpa("Auto", {}, "worker"), by("cpu")]],
  [
    "passes a VPA of memory beside an HPA by cpu",
    [vpa("Auto", { resourcePolicy: { containerPolicies: [{ controlledResources: ["memory"] }] } }), by("cpu")],
  ],
  ["passes a VPA alone", vpa("Auto")],
  [
    "fails two autoscalers of one workload",
    [hpa("api", { metrics: [] }), hpa("api", { metrics: [] }, "second")],
    ["spec.scaleTargetRef must be its own, got the target of HorizontalPodAutoscaler apps/api too"],
  ],
  ["cannot judge an unknown mode", [vpa(UNKNOWN), by("cpu")], undetermined],
  ["cannot judge unknown metrics", [vpa("Auto"), by(UNKNOWN)], undetermined],
  [
    "cannot judge an unknown target",
    [vpa("Auto", {}, UNKNOWN as never), by("cpu")],
    ["spec.updatePolicy.updateMode cannot be judged, got a value unknown until deployment"],
  ],
]);
