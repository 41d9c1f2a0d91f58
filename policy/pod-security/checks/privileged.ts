import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, placesOf, podSecurityCheck } from "../contract/check";

const isBad = (container: CheckedContainer) => container.privileged;

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  return (
    found && {
      reason: "privileged",
      detail: `${containersText(found)} must not set securityContext.privileged=true`,
      places: () => placesOf(found, "securityContext.privileged"),
    }
  );
}

/** A privileged container has nearly every power of the host.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.privileged; allowed: false, unset.
 *  Upstream: policy/check_privileged.go. */
export const privileged = podSecurityCheck({
  id: "privileged",
  upstream: "privileged",
  level: "baseline",
  severity: "critical",
  title: "Containers must not be privileged.",
  why: "A privileged container has every device and capability of the node: it is root on it.",
  want: "false or unset",
  fix: "remove securityContext.privileged",
  versions: [{ since: "v1.0", find }],
});
