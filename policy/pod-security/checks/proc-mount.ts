import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, placesOf, podSecurityCheck } from "../contract/check";
import { distinct, quoted } from "../contract/go-text";

const isBad = ({ procMount }: CheckedContainer) => procMount !== undefined && procMount !== "Default";

/** The rule itself, which restricted keeps without exception. */
export function findProcMount(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const values = quoted(distinct(found.map(({ source }) => source.securityContext?.procMount ?? "")));
  return {
    reason: "procMount",
    detail: `${containersText(found)} must not set securityContext.procMount to ${values}`,
    places: () => placesOf(found, "securityContext.procMount"),
  };
}

/** The masks over /proc must stay, unless the pod has users of its own.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.procMount; allowed: Default, unset; anything since 1.35
 *  when spec.hostUsers is false (KEP-127). Upstream: policy/check_procMount_baseline.go. */
export const procMount = podSecurityCheck({
  id: "proc-mount",
  upstream: "procMount",
  level: "baseline",
  severity: "high",
  title: "/proc must keep its default masks.",
  why: "The masks hide kernel settings and memory that lead out of the container.",
  want: "Default or unset",
  fix: "remove securityContext.procMount",
  versions: [
    { since: "v1.0", find: findProcMount },
    { since: "v1.35", find: (pod) => (pod.hasOwnUsers ? null : findProcMount(pod)) },
  ],
});
