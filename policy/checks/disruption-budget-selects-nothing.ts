/** A PodDisruptionBudget that fits no pod protects nothing.
 *  Fields: spec.selector of a PodDisruptionBudget; wanted: pods among the objects of its namespace. */
import { isKind } from "../manifest/is-kind";
import { read } from "../manifest/read";
import { selects } from "../rules/selector";
import { selectsNothingRule } from "../rules/selects-nothing";

export const disruptionBudgetSelectsNothing = selectsNothingRule(
  {
    id: "disruption-budget-selects-nothing",
    severity: "medium",
    description: "Every PodDisruptionBudget selects pods; one that selects none protects nothing.",
    fix: "make the selector equal to labels of the pod template",
    across: true,
    controls: ["COS-05"],
  },
  (object) => {
    if (!isKind(object, "policy", "PodDisruptionBudget")) return undefined;
    const selector = read(object, "spec", "selector");
    return {
      field: "spec.selector",
      matchLabels: read(selector, "matchLabels"),
      selects: (labels) => selects(selector, labels),
    };
  },
);
