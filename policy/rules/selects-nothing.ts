/** Makes rules about objects that select pods: one that selects none does nothing, and nobody notices. */
import type { JsonObject, Manifest } from "../contract";
import { text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { namespaceOf } from "../pods/workload";
import { objectRule } from "./object-rule";
import { oncePer } from "./once";
import type { ObjectRule, RuleInfo } from "./rule";
import { seesAll } from "./scope";
import { candidates } from "./selected";
import { anyOf, type Truth } from "./selector";

/** What selects pods in an object; undefined when the object selects none on purpose. */
export interface Selecting {
  readonly field: string;
  /** Labels all of which it asks for, as far as it does. */
  readonly matchLabels: unknown;
  readonly selects: (labels: unknown) => Truth;
}

/** Kinds of other makers that never run pods; any other one may, through its operator. */
const podless =
  /^(?:monitoring\.coreos\.com|external-secrets\.io|cert-manager\.io|networking\.istio\.io|gateway\.networking\.k8s\.io|autoscaling\.k8s\.io|keda\.sh|snapshot\.storage\.k8s\.io)\//;

/** True when the object may have pods that no template shows. */
function mayRunPods({ object }: Manifest): boolean {
  const version = text(object, "apiVersion");
  if (!version.includes(".") || /^[a-z.]*\.k8s\.io\//.test(version)) return false;
  return !podless.test(version) && !version.startsWith("argoproj.io/");
}

const hasHiddenPods = oncePer((objects) => objects.some(mayRunPods));

/** A rule about one kind of object; `selecting` says what it selects. Not asked of a single resource, nor where an operator may run pods. */
export function selectsNothingRule(
  info: RuleInfo,
  selecting: (object: JsonObject) => Selecting | undefined,
): ObjectRule {
  return objectRule(info, function* (manifest, context, objects) {
    if (!seesAll(context)) return;
    const selector = selecting(manifest.object);
    if (selector === undefined || hasHiddenPods(objects, context)) return;
    const pods = candidates(objects, context, namespaceOf(manifest, context), selector.matchLabels);
    const truth = anyOf(pods.map(({ labels }) => selector.selects(labels)));
    const complaint = { field: selector.field, want: "one that selects pods" };
    if (truth === UNKNOWN) yield { ...complaint, got: UNKNOWN };
    else if (!truth) yield { ...complaint, said: "one that selects none of the pods here" };
  });
}
