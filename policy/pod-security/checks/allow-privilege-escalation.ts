import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, placesOf, podSecurityCheck } from "../contract/check";

const isBad = (container: CheckedContainer) => container.allowPrivilegeEscalation !== false;

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  return (
    found && {
      reason: "allowPrivilegeEscalation != false",
      detail: `${containersText(found)} must set securityContext.allowPrivilegeEscalation=false`,
      places: () => placesOf(found, "securityContext.allowPrivilegeEscalation"),
    }
  );
}

/** A process must not gain more privileges than its parent, as a set-user-ID program would.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.allowPrivilegeEscalation; allowed: false.
 *  Upstream: policy/check_allowPrivilegeEscalation.go; since 1.8, Windows pods exempt since 1.25 (KEP-2802). */
export const allowPrivilegeEscalation = podSecurityCheck({
  id: "allow-privilege-escalation",
  upstream: "allowPrivilegeEscalation",
  level: "restricted",
  severity: "high",
  title: "Containers must forbid privilege escalation.",
  why: "A setuid program in the image could otherwise make its caller root.",
  want: "false",
  fix: "set securityContext.allowPrivilegeEscalation: false",
  versions: [
    { since: "v1.8", find },
    { since: "v1.25", find: (pod) => (pod.isWindows ? null : find(pod)) },
  ],
});
