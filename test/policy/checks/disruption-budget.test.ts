import { strict as assert } from "node:assert";
import { disruptionBudget } from "../../../policy/checks/disruption-budget";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, hook, hpa, object, workload } from "../support/objects";
import { prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const budget = (spec: JsonObject, target = "api", name = target, namespace?: string) =>
  object(
    "policy/v1",
    "PodDisruptionBudget",
    { selector: { matchLabels: component(target) }, ...spec },
    name,
    namespace,
  );
const one = budget({ maxUnavailable: 1 });
const api = (replicas: Json) => workload("api", { replicas });
const absent = (count: number) => [
  `spec.replicas must be beside one PodDisruptionBudget for its pods, got ${count} pods and no budget`,
];
const blocked = (field: string, got: string) => [`spec.${field} must be such that one pod may go, got ${got}`];
const unknown = (field: string) => [`spec.${field} cannot be evaluated, got a value unknown until deployment`];

ruleCases(disruptionBudget, "disruption-budget", [
  ["[COS-05] [TR-48] passes two pods with a budget", [api(2), one]],
  ["[TR-22] passes one pod without", [api(1), workload("web", { replicas: null }), workload("off", { replicas: 0 })]],
  ["[COS-05] fails two pods without", api(2), absent(2)],
  ["fails a StatefulSet too", workload("db", { replicas: 3 }, "StatefulSet"), absent(3)],
  ["passes a DaemonSet, which nobody evicts", workload("agent", {}, "DaemonSet")],
  ["fails a budget of other pods", [api(2), budget({ maxUnavailable: 1 }, "worker")], absent(2)],
  ["fails a budget of another namespace", [api(2), budget({ maxUnavailable: 1 }, "api", "api", "other")], absent(2)],
  [
    "fails what an autoscaler keeps at two",
    [workload("api"), hpa("api", { minReplicas: 2, maxReplicas: 4 })],
    absent(2),
  ],
  ["passes what an autoscaler may bring to one", [api(2), hpa("api", { minReplicas: 1, maxReplicas: 4 })]],
  [
    "fails two budgets for the same pods, of which neither works",
    [api(2), one, budget({ maxUnavailable: 1 }, "api", "second")],
    [
      "spec.template.metadata.labels must be beside one PodDisruptionBudget for its pods, got several, and then no eviction works",
    ],
  ],
  [
    "[COS-05] fails as many as there are",
    [api(2), budget({ minAvailable: 2 })],
    blocked("minAvailable", "2 of 2 pods"),
  ],
  ["fails one of one", [api(1), budget({ minAvailable: 1 })], blocked("minAvailable", "1 of 1 pod")],
  ["passes one of two", [api(2), budget({ minAvailable: 1 })]],
  [
    "fails a share that rounds up to all",
    [api(3), budget({ minAvailable: "67%" })],
    blocked("minAvailable", '"67%" of 3 pods'),
  ],
  ["passes a share that leaves one", [api(3), budget({ minAvailable: "66%" })]],
  ["fails none at a time", [api(2), budget({ maxUnavailable: 0 })], blocked("maxUnavailable", "0 of 2 pods")],
  [
    "fails no share at a time, whatever it selects",
    budget({ maxUnavailable: "0%" }),
    blocked("maxUnavailable", '"0%"'),
  ],
  [
    "fails neither, which never allows anything, and both, which the API server refuses",
    [api(2), budget({}), workload("web", { replicas: 3 }), budget({ minAvailable: 1, maxUnavailable: 1 }, "web")],
    [
      "spec must be such that one pod may go, got neither minAvailable nor maxUnavailable, which allows none to go",
      "spec must be such that one pod may go, got minAvailable and maxUnavailable, which is refused",
    ],
  ],
  [
    "passes somebody else's kind of that name",
    object("example.com/v1", "PodDisruptionBudget", { minAvailable: "100%" }),
  ],
  ["passes another kind of the group", object("policy/v1", "Eviction", { maxUnavailable: 0 })],
  [
    "fails all of one workload, not counting another that the budget does not select",
    [api(1), workload("web", { replicas: 5 }), budget({ minAvailable: 1 })],
    [...absent(5), ...blocked("minAvailable", "1 of 1 pod")],
  ],
  [
    "passes pods whose number nobody sets: a DaemonSet's and a Job's",
    [workload("api", {}, "DaemonSet"), budget({ minAvailable: 1 })],
  ],
  [
    "fails all that a budget selects by an expression, and counts no other",
    [
      api(1),
      workload("web", { replicas: 5 }),
      object("policy/v1", "PodDisruptionBudget", {
        minAvailable: 1,
        selector: {
          matchExpressions: [{ key: Object.keys(component("api"))[0] as string, operator: "In", values: ["api"] }],
        },
      }),
    ],
    [...absent(5), ...blocked("minAvailable", "1 of 1 pod")],
  ],
  [
    "passes a second budget of which nobody knows what it selects",
    [
      api(2),
      one,
      object(
        "policy/v1",
        "PodDisruptionBudget",
        { maxUnavailable: 1, selector: { matchLabels: UNKNOWN as never } },
        "second",
      ),
    ],
  ],
  ["fails a budget that is there for a test only", [api(2), hook(one, "test")], absent(2)],
  [
    "fails what an autoscaler brings to one for a test only",
    [api(2), hook(hpa("api", { minReplicas: 1, maxReplicas: 4 }), "test")],
    absent(2),
  ],
  [
    "fails one of one, not counting pods that are there for a test only",
    [api(1), hook(workload("api", { replicas: 1 }, "StatefulSet"), "test"), budget({ minAvailable: 1 })],
    blocked("minAvailable", "1 of 1 pod"),
  ],
  ["passes a budget of what is switched off", [api(0), budget({ minAvailable: 1 })]],
  ["cannot evaluate an unknown number of pods without a budget", api(UNKNOWN as never), unknown("replicas")],
  ["passes an unknown number of pods with one", [api(UNKNOWN as never), one]],
  [
    "cannot evaluate a number needed of an unknown one",
    [api(UNKNOWN as never), budget({ minAvailable: 1 })],
    unknown("minAvailable"),
  ],
  [
    "cannot evaluate an unknown selector",
    [api(2), budget({ maxUnavailable: 1, selector: UNKNOWN as never })],
    unknown("replicas"),
  ],
]);

ruleCases(
  disruptionBudget,
  "disruption-budget",
  [
    ["asks a single resource for no budget, which may stand elsewhere", api(2)],
    [
      "fails a budget that never allows anything, even alone",
      budget({ minAvailable: "100%" }),
      blocked("minAvailable", '"100%"'),
    ],
  ],
  { ...prod, scope: "part" },
);

it("disruption-budget tells how to fix a budget that is in the way", () => {
  const [finding] = disruptionBudget.check([api(2), budget({ maxUnavailable: 0 })], prod);
  assert.match(finding?.fix ?? "", /^set maxUnavailable: 1 instead; a workload of a single pod needs no budget$/);
});
