/** Hooks: objects that Helm or Argo CD creates at an event, and deletes then or soon after. Pure.
 *  Upstream: helm.sh/docs/topics/charts_hooks; argo-cd.readthedocs.io, "resource hooks", where Skip is never created. */
import type { Manifest } from "../contract";
import { read, text, word } from "../manifest/read";

/** Events of a hook; undefined for what is none. */
function eventsOf({ hook, object }: Manifest): readonly string[] | undefined {
  const events = hook ?? read(object, "metadata", "annotations", "argocd.argoproj.io/hook");
  return events === undefined
    ? undefined
    : word(events)
        .split(",")
        .map((event) => event.trim().toLowerCase())
        .map((event) => (event === "test-success" ? "test" : event));
}

const weightOf = ({ object }: Manifest): number =>
  Number(text(object, "metadata", "annotations", "helm.sh/hook-weight")) || 0;

/** Whether an object is in the cluster for as long as another. A hook is so only beside hooks of the same events that are created no earlier. What is no
 *  hook counts beside every hook, though the first install creates it after hooks of `pre-install`. */
export function standsWith(one: Manifest, other: Manifest): boolean {
  const [events, others] = [eventsOf(one), eventsOf(other)];
  if (events === undefined || one === other) return true;
  return others?.every((event) => events.includes(event)) === true && weightOf(one) <= weightOf(other);
}

/** Whether two objects are in the cluster at the same time at least once, whichever comes first: a Service and the pods it selects. */
export function meets(one: Manifest, other: Manifest): boolean {
  const [events, others] = [eventsOf(one), eventsOf(other)];
  return events === undefined || one === other || others?.some((event) => events.includes(event)) === true;
}
