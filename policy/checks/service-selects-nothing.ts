/** A Service whose selector fits no pod answers nothing: mostly a label that was renamed on one side only.
 *  Fields: spec.selector of a Service; wanted: pods among the objects of its namespace. Services without selector and ExternalName have others. */
import { read } from "../manifest/read";
import { mapSelects } from "../rules/selector";
import { selectsNothingRule } from "../rules/selects-nothing";

export const serviceSelectsNothing = selectsNothingRule(
  {
    id: "service-selects-nothing",
    severity: "medium",
    description: "Every Service with a selector has pods to send traffic to.",
    fix: "make the selector equal to labels of the pod template",
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    across: true,
    controls: ["TR-03"],
  },
  (object) => {
    const selector = read(object, "spec", "selector");
    const asks =
      object.kind === "Service" && object.apiVersion === "v1" && read(object, "spec", "type") !== "ExternalName";
    if (!asks || selector === undefined) return undefined;
    return { field: "spec.selector", matchLabels: selector, selects: (labels) => mapSelects(selector, labels) };
  },
);
