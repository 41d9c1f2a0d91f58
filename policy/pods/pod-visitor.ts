/** Every container of a pod: init, normal, ephemeral, in upstream's order (policy/visitor.go). Nothing is allocated unless something is found. */
import type { CheckedContainer, CheckedPod, Confinement } from "./checked-pod";

/** The containers `isBad` is true of; null when there are none. */
export function offenders(
  pod: CheckedPod,
  isBad: (container: CheckedContainer) => boolean,
): readonly CheckedContainer[] | null {
  const { containers, size } = pod;
  let found: CheckedContainer[] | null = null;
  for (let i = 0; i < size; i++) {
    const container = containers[i] as CheckedContainer;
    if (!isBad(container)) continue;
    if (found === null) found = [container];
    else found.push(container);
  }
  return found;
}

/** A pod that is found to say something bad itself, and its containers that are: the pod first. */
export function setters(
  pod: CheckedPod,
  isPodBad: boolean,
  found: readonly CheckedContainer[] | null,
): readonly Confinement[] {
  if (!isPodBad) return found ?? [];
  return found === null ? [pod] : [pod, ...found];
}
