import type { CheckedPod, Confinement } from "../../pods/checked-pod";
import { offenders, setters } from "../../pods/pod-visitor";
import { placeOf, placesOf, podSecurityCheck, settersText, show } from "../contract/check";
import { compareBytes, distinct, goQuote, plural, quoted } from "../contract/go-text";

const podKey = "seccomp.security.alpha.kubernetes.io/pod";
const containerPrefix = "container.seccomp.security.alpha.kubernetes.io/";
const field = "securityContext.seccompProfile.type";

/** A profile is named, and it is not one of the two that confine. */
const isBad = ({ seccompProfile: type }: Confinement) =>
  type !== undefined && type !== "RuntimeDefault" && type !== "Localhost";

/** An explicitly bad profile on the pod or a container: all baseline asks since 1.19, and the first thing restricted asks. */
export function findBadSeccomp(pod: CheckedPod) {
  const isPodBad = isBad(pod);
  const found = offenders(pod, isBad);
  if (!isPodBad && found === null) return null;
  const types = setters(pod, isPodBad, found).map(({ seccompProfile }) => seccompProfile ?? "");
  return {
    reason: "seccompProfile",
    detail: `${settersText(isPodBad, found)} must not set ${field} to ${quoted(distinct(types))}`,
    places: () => [...(isPodBad ? [placeOf(pod.spec, field)] : []), ...placesOf(found, field)],
  };
}

const isForbidden = (value: string | undefined) =>
  value !== undefined && value !== "runtime/default" && value !== "docker/default" && !value.startsWith("localhost/");

/** Is it the pod's key, or that of a container that exists? */
function concerns(key: string, { containers, size }: CheckedPod): boolean {
  if (key === podKey) return true;
  if (!key.startsWith(containerPrefix)) return false;
  const container = key.slice(containerPrefix.length);
  for (let i = 0; i < size; i++) if (containers[i]?.name === container) return true;
  return false;
}

/** Before 1.19 a profile was named by annotation: the pod's own, and one for each container that exists. */
function findBadAnnotation(pod: CheckedPod) {
  const { annotations } = pod;
  let keys: string[] | null = null;
  for (const key in annotations) {
    if (!isForbidden(annotations[key]) || !concerns(key, pod)) continue;
    if (keys === null) keys = [key];
    else keys.push(key);
  }
  if (keys === null) return null;
  const found = keys.sort(compareBytes);
  const forbidden = distinct(found.map((key) => `${key}=${goQuote(annotations[key] ?? "")}`));
  return {
    reason: "seccompProfile",
    detail: `forbidden ${plural(forbidden.length, "annotation", "annotations")} ${forbidden.join(", ")}`,
    places: () =>
      found.map((key) => ({
        field: `metadata.annotations[${JSON.stringify(key)}]`,
        got: show(annotations[key]),
        want: "runtime/default, docker/default, localhost/<profile> or unset",
        fix: `remove the annotation ${key}`,
      })),
  };
}

/** Seccomp must not be switched off.
 *  Fields since 1.19: spec.securityContext and spec.{initContainers,containers,ephemeralContainers}[*].securityContext .seccompProfile.type;
 *  allowed: RuntimeDefault, Localhost, unset. Before: annotations seccomp.security.alpha.kubernetes.io/pod and
 *  container.seccomp.security.alpha.kubernetes.io/<container>; allowed: runtime/default, docker/default, localhost/*, unset.
 *  Upstream: policy/check_seccompProfile_baseline.go. */
export const seccompProfileBaseline = podSecurityCheck({
  id: "seccomp-profile-baseline",
  upstream: "seccompProfile_baseline",
  level: "baseline",
  severity: "high",
  title: "Seccomp must not be switched off.",
  why: "Without a filter every system call of the kernel can be attacked.",
  want: "RuntimeDefault, Localhost or unset",
  fix: "set securityContext.seccompProfile.type: RuntimeDefault or remove it",
  versions: [
    { since: "v1.0", find: findBadAnnotation },
    { since: "v1.19", find: findBadSeccomp },
  ],
});
