import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { placeOf, placesOf, podSecurityCheck, settersText } from "../contract/check";

const field = "securityContext.windowsOptions.hostProcess";
const isBad = (container: CheckedContainer) => container.hostProcess;

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (!pod.hostProcess && found === null) return null;
  return {
    reason: "hostProcess",
    detail: `${settersText(pod.hostProcess, found)} must not set securityContext.windowsOptions.hostProcess=true`,
    places: () => [...(pod.hostProcess ? [placeOf(pod.spec, field)] : []), ...placesOf(found, field)],
  };
}

/** A Windows pod must not run its processes as the host's.
 *  Fields: spec.securityContext and spec.{initContainers,containers,ephemeralContainers}[*].securityContext .windowsOptions.hostProcess;
 *  allowed: false, unset. Upstream: policy/check_windowsHostProcess.go. */
export const windowsHostProcess = podSecurityCheck({
  id: "windows-host-process",
  upstream: "windowsHostProcess",
  level: "baseline",
  severity: "critical",
  title: "Windows host processes are forbidden.",
  why: "Such a process runs on the Windows node itself, with its rights.",
  want: "false or unset",
  fix: "remove windowsOptions.hostProcess",
  versions: [{ since: "v1.0", find }],
});
