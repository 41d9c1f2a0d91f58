/** Three-valued evaluation of a pod with unknown values. No check knows of it: a check runs on pods in which each unknown is replaced by
 *  the value best or worst for it. It fails when even the best pod fails, passes when even the worst passes; else it is undetermined. */
import type { CheckedPod } from "../pods/checked-pod";
import type { Choose } from "../pods/pod-reading";
import type { Violation } from "./contract/check";
import type { ActiveCheck } from "./plan";

export type Answer =
  | null
  | { readonly active: ActiveCheck; readonly violation: Violation }
  | { readonly active: ActiveCheck; readonly paths: readonly string[] };

/** null: passes. With a violation: fails by what is known alone. With paths: hangs on the unknown values there.
 *  `unknown` are all unknown paths of the pod; `asStored` is the pod with each of them chosen. */
export function evaluateUnknown(
  active: ActiveCheck,
  unknown: readonly string[],
  asStored: (choose: Choose) => CheckedPod,
): Answer {
  const evaluate = (isWorst: (path: string) => boolean) =>
    active.find(asStored((path) => (isWorst(path) ? "worst" : "best")));

  const violation = evaluate(() => false);
  if (violation !== null) return { active, violation };
  if (evaluate(() => true) === null) return null;

  const alone = unknown.filter((path) => evaluate((other) => other === path) !== null);
  if (alone.length > 0) return { active, paths: alone };
  // No single one breaks the rule, so one of them may lift it from the others (hostUsers, os): name each without which it would hold.
  return { active, paths: unknown.filter((path) => evaluate((other) => other !== path) === null) };
}
