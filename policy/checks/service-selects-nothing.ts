/** A Service whose selector fits no pod answers nothing: mostly a label that was renamed on one side only.
 *  Fields: spec.selector of a Service; wanted: pods among the objects of its namespace. Services without selector and ExternalName have others.
 *  Labels that Kubernetes gives pods when it makes them are not asked for. */
import { isKind } from "../manifest/is-kind";
import { entries, read } from "../manifest/read";
import { mapSelects } from "../rules/selector";
import { selectsNothingRule } from "../rules/selects-nothing";

/** Labels only running pods have: one pod of a StatefulSet, one revision of a workload. */
const givenLater = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "controller-revision-hash",
  "controller-uid",
  "pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);

export const serviceSelectsNothing = selectsNothingRule(
  {
    id: "service-selects-nothing",
    severity: "medium",
    description: "Every Service with a selector has pods to send traffic to.",
    fix: "make the selector equal to labels of the pod template",
    across: true,
    controls: ["TR-03"],
  },
  (object) => {
    const selector = read(object, "spec", "selector");
    const asks = isKind(object, "", "Service") && read(object, "spec", "type") !== "ExternalName";
    if (!asks || selector === undefined) return undefined;
    const wanted = entries(selector);
    const own = wanted.filter(([key]) => !givenLater.has(key));
    if (own.length === 0 && wanted.length > 0) return undefined;
    const labels = own.length === wanted.length ? selector : Object.fromEntries(own);
    return { field: "spec.selector", matchLabels: labels, selects: (given) => mapSelects(labels, given) };
  },
);
