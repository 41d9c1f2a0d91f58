/** A selector takes pods of another workload for its own: autoscalers average both, budgets count both, a Service sends traffic to the wrong one.
 *  Fields: spec.selector of workloads; forbidden: one that selects the pod labels of another workload in the namespace. Jobs select by an id of their own. */
import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { refOf } from "../manifest/manifest";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectText } from "../message";
import { objectRule } from "../rules/object-rule";
import { candidates } from "../rules/selected";
import { selects } from "../rules/selector";
import { workloadsOf } from "../rules/workload";

/** Workloads named for one that selects them: each of many would name all others. */
const most = 10;

const without = [
  ["batch", "Job"],
  ["batch", "CronJob"],
  ["", "Pod"],
  ["", "PodTemplate"],
  ["keda.sh", "ScaledJob"],
] as const;

const hasNoSelector = ({ object }: Manifest): boolean => without.some(([group, kind]) => isKind(object, group, kind));

export const selectorOverlap = objectRule(
  {
    id: "selector-overlap",
    severity: "medium",
    description: "No workload selects the pods of another one in its namespace.",
    fix: "give each workload a label of its own, such as app.kubernetes.io/component, in its selector and its pod template",
    across: true,
    controls: ["TR-09"],
  },
  function* (manifest, context, objects) {
    const [own] = workloadsOf([manifest], context);
    if (own === undefined || hasNoSelector(manifest) || own.selector === undefined) return;
    let left = most;
    for (const other of candidates(objects, context, own.namespace, read(own.selector, "matchLabels"))) {
      if (other.manifest === manifest || hasNoSelector(other.manifest)) continue;
      const truth = selects(own.selector, other.labels);
      if (truth === false) continue;
      if (left-- === 0) return;
      const name = objectText(refOf(other.manifest.object, context.namespace));
      const complaint = { field: "spec.selector", want: "for its own pods only" };
      if (truth === true) yield { ...complaint, said: `one that selects the pods of ${name}` };
      else yield { ...complaint, got: UNKNOWN };
    }
  },
);
