import { disruptionBudgetSelectsNothing } from "../../../policy/checks/disruption-budget-selects-nothing";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, hook, object, workload } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const budget = (selector: JsonObject) => object("policy/v1", "PodDisruptionBudget", { selector });
const must = ["spec.selector must be one that selects pods, got one that selects none of the pods here"];

ruleCases(disruptionBudgetSelectsNothing, "disruption-budget-selects-nothing", [
  ["[COS-05] passes a selector of pods", [budget({ matchLabels: component("api") }), workload("api")]],
  [
    "passes one by expressions",
    [
      budget({ matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["api"] }] }),
      workload("api"),
    ],
  ],
  ["[COS-05] fails one of none", [budget({ matchLabels: component("app") }), workload("api")], must],
  [
    "fails one of pods that are there for a test only",
    [budget({ matchLabels: component("check") }), workload("api"), hook(workload("check"), "test")],
    must,
  ],
  ["passes one of a namespace whose pods come from elsewhere", budget({ matchLabels: component("api") })],
  [
    "cannot evaluate an unknown label",
    [
      budget({ matchLabels: { app: UNKNOWN as never } }),
      workload("api", { template: { metadata: { labels: { app: "x" } } } }),
    ],
    ["spec.selector cannot be evaluated, got a value unknown until deployment"],
  ],
]);
