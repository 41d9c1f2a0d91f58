import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, placesOf, podSecurityCheck } from "../contract/check";
import { findBadSeccomp } from "./seccomp-profile-baseline";

const saysNothing = (container: CheckedContainer) => container.seccompProfile === undefined;

function find(pod: CheckedPod) {
  const bad = findBadSeccomp(pod);
  if (bad !== null || pod.seccompProfile !== undefined) return bad;
  const implicit = offenders(pod, saysNothing);
  return (
    implicit && {
      reason: "seccompProfile",
      detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      places: () => placesOf(implicit, "securityContext.seccompProfile.type"),
    }
  );
}

/** Seccomp must be switched on, on the pod or on every container.
 *  Fields: spec.securityContext and spec.{initContainers,containers,ephemeralContainers}[*].securityContext .seccompProfile.type;
 *  allowed: RuntimeDefault, Localhost; unset in a container when the pod sets it.
 *  Upstream: policy/check_seccompProfile_restricted.go, since 1.19; Windows pods exempt since 1.25 (KEP-2802). */
export const seccompProfileRestricted = podSecurityCheck({
  id: "seccomp-profile-restricted",
  upstream: "seccompProfile_restricted",
  level: "restricted",
  severity: "high",
  title: "Seccomp must be on.",
  why: "Without a filter every system call of the kernel can be attacked; unset means without one on most clusters.",
  want: "RuntimeDefault or Localhost",
  fix: "set securityContext.seccompProfile.type: RuntimeDefault on the pod",
  overrides: "seccomp-profile-baseline",
  versions: [
    { since: "v1.19", find },
    { since: "v1.25", find: (pod) => (pod.isWindows ? null : find(pod)) },
  ],
});
