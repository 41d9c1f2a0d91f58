import { strict as assert } from "node:assert";
import { autoscalerConflict } from "../../../policy/checks/autoscaler-conflict";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { hpa, object, workload } from "../support/objects";
import { prod } from "../support/pod";
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
const memoryOnly = { containerName: "*", controlledResources: ["memory"] };
const undetermined = ["spec.updatePolicy.updateMode cannot be evaluated, got a value unknown until deployment"];

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
    [vpa("Auto", { resourcePolicy: { containerPolicies: [memoryOnly] } }), by("cpu")],
  ],
  ["passes a VPA alone", vpa("Auto")],
  [
    "fails two autoscalers of one workload",
    [hpa("api", { metrics: [] }), hpa("api", { metrics: [] }, "second")],
    ["spec.scaleTargetRef must be its own, got the target of HorizontalPodAutoscaler apps/api too"],
  ],
  ["cannot evaluate an unknown mode", [vpa(UNKNOWN), by("cpu")], undetermined],
  ["cannot evaluate unknown metrics", [vpa("Auto"), by(UNKNOWN)], undetermined],
  [
    "cannot evaluate an unknown target",
    [vpa("Auto", {}, UNKNOWN as never), by("cpu")],
    ["spec.updatePolicy.updateMode cannot be evaluated, got a value unknown until deployment"],
  ],
  ["passes two autoscalers of two workloads", [hpa("api", { metrics: [] }), hpa("worker", { metrics: [] })]],
  [
    "cannot evaluate two of which one has an unknown target",
    [hpa("api", {}), hpa(UNKNOWN as never, {}, "second")],
    ["spec.scaleTargetRef cannot be evaluated, got a value unknown until deployment"],
  ],
  ["fails what is known to be shared beside an unknown metric", [vpa("Auto"), by("cpu", UNKNOWN)], must('"Auto"')],
  [
    "passes a VPA that leaves the container it shares alone",
    [
      vpa("Auto", {
        resourcePolicy: {
          containerPolicies: [memoryOnly, { containerName: "web", mode: "Off", controlledResources: ["cpu"] }],
        },
      }),
      by("cpu"),
    ],
  ],
  [
    "fails a VPA of which one container's policy names nothing, which is everything",
    [vpa("Auto", { resourcePolicy: { containerPolicies: [memoryOnly, { containerName: "web" }] } }), by("cpu")],
    must('"Auto"'),
  ],
  [
    "fails a VPA with a policy for another container only: it sizes the rest by everything",
    [
      vpa("Auto", { resourcePolicy: { containerPolicies: [{ ...memoryOnly, containerName: "side" }] } }),
      by("cpu"),
      workload("api"),
    ],
    must('"Auto"'),
  ],
  [
    "passes one with a policy for each container",
    [
      vpa("Auto", { resourcePolicy: { containerPolicies: [{ ...memoryOnly, containerName: "web" }] } }),
      by("cpu"),
      workload("api"),
    ],
  ],
  [
    "passes one that is off for every container",
    [vpa("Auto", { resourcePolicy: { containerPolicies: [{ containerName: "*", mode: "Off" }] } }), by("cpu")],
  ],
  ["fails an HPA with an empty list of metrics, which means cpu too", [vpa("Auto"), by()], must('"Auto"')],
  [
    "fails two VPAs of one workload, and passes a second that only recommends",
    [vpa("Auto"), vpa("Initial"), vpa("Off")],
    ["spec.targetRef must be its own, got the target of VerticalPodAutoscaler apps/web too"],
  ],
  [
    "passes another kind with a target",
    [object("example.com/v1", "Dashboard", { targetRef: { kind: "Deployment", name: "api" } }), by("cpu")],
  ],
]);

it("autoscaler-conflict tells how to fix two of one kind", () => {
  const pair = [hpa("api", { metrics: [] }), hpa("api", { metrics: [] }, "second")];
  const [finding] = autoscalerConflict.check(pair, prod);
  assert.match(finding?.fix ?? "", /^keep one autoscaler for the workload/);
});
