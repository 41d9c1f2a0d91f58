import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, placeOf, placesOf, podSecurityCheck, settersText } from "../contract/check";

const field = "securityContext.runAsNonRoot";
const saysRoot = (container: CheckedContainer) => container.runAsNonRoot === false;
const saysNothing = (container: CheckedContainer) => container.runAsNonRoot === undefined;

function find(pod: CheckedPod) {
  const saysPodRoot = pod.runAsNonRoot === false;
  const explicit = offenders(pod, saysRoot);
  if (saysPodRoot || explicit) {
    return {
      reason: "runAsNonRoot != true",
      detail: `${settersText(saysPodRoot, explicit)} must not set securityContext.runAsNonRoot=false`,
      places: () => [...(saysPodRoot ? [placeOf(pod.spec, field)] : []), ...placesOf(explicit, field)],
    };
  }
  const implicit = pod.runAsNonRoot === true ? null : offenders(pod, saysNothing);
  return (
    implicit && {
      reason: "runAsNonRoot != true",
      detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true`,
      places: () => placesOf(implicit, field),
    }
  );
}

/** Containers must be kept from running as root, unless the pod has users of its own.
 *  Fields: spec.securityContext.runAsNonRoot and spec.{initContainers,containers,ephemeralContainers}[*].securityContext.runAsNonRoot;
 *  allowed: true; unset in a container when the pod says true; anything since 1.35 when spec.hostUsers is false (KEP-127).
 *  Upstream: policy/check_runAsNonRoot.go. */
export const runAsNonRoot = podSecurityCheck({
  id: "run-as-non-root",
  upstream: "runAsNonRoot",
  level: "restricted",
  severity: "high",
  title: "Containers must run as a user other than root.",
  why: "Root in a container is root on the node as soon as anything else fails.",
  want: "true",
  fix: "set securityContext.runAsNonRoot: true on the pod, and false nowhere",
  versions: [
    { since: "v1.0", find },
    { since: "v1.35", find: (pod) => (pod.hasOwnUsers ? null : find(pod)) },
  ],
});
