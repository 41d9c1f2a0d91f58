import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { placeOf, placesOf, podSecurityCheck, settersText } from "../contract/check";

const field = "securityContext.runAsUser";
const isBad = (container: CheckedContainer) => container.runAsUser === 0;

function find(pod: CheckedPod) {
  const isPodBad = pod.runAsUser === 0;
  const found = offenders(pod, isBad);
  if (!isPodBad && found === null) return null;
  return {
    reason: "runAsUser=0",
    detail: `${settersText(isPodBad, found)} must not set runAsUser=0`,
    places: () => [...(isPodBad ? [placeOf(pod.spec, field)] : []), ...placesOf(found, field)],
  };
}

/** Containers must not ask for the root user, unless the pod has users of its own.
 *  Fields: spec.securityContext.runAsUser and spec.{initContainers,containers,ephemeralContainers}[*].securityContext.runAsUser;
 *  allowed: any but 0, unset; anything since 1.35 when spec.hostUsers is false (KEP-127). Upstream: policy/check_runAsUser.go, since 1.23. */
export const runAsUser = podSecurityCheck({
  id: "run-as-user",
  upstream: "runAsUser",
  level: "restricted",
  severity: "high",
  title: "Containers must not set user 0.",
  why: "User 0 is root, in the container and, when it breaks out, on the node.",
  want: "any user but 0, or unset",
  fix: "set runAsUser to another number or remove it",
  versions: [
    { since: "v1.23", find },
    { since: "v1.35", find: (pod) => (pod.hasOwnUsers ? null : find(pod)) },
  ],
});
