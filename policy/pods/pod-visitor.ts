/** Every container of a pod: init, normal, ephemeral, in upstream's order (policy/visitor.go). Nothing is allocated unless something is found. */
import type { CheckedContainer, CheckedPod, Confinement } from "./checked-pod";
import type { Container } from "./pod-types";

/** A container a check objects to, with what stays true of it after the pod is gone. */
export interface Offender {
  readonly name: string;
  /** Where it stands in the pod spec, e.g. `initContainers[0]`. */
  readonly path: string;
  /** The container as it was written. */
  readonly source: Container;
}

/** The containers `isBad` is true of; null when there are none. */
export function offenders(
  pod: CheckedPod,
  isBad: (container: CheckedContainer) => boolean,
): readonly Offender[] | null {
  const { containers, size } = pod;
  let found: Offender[] | null = null;
  for (let i = 0; i < size; i++) {
    const container = containers[i] as CheckedContainer;
    if (isBad(container)) {
      found ??= [];
      found.push({ name: container.name, path: `${container.room}[${container.index}]`, source: container.source });
    }
  }
  return found;
}

/** What the pod and its containers say, of those `isBad` is true of: the pod first. For checks that have already found some. */
export function badConfinements(pod: CheckedPod, isBad: (who: Confinement) => boolean): Confinement[] {
  return [pod, ...pod.containers.slice(0, pod.size)].filter(isBad);
}
