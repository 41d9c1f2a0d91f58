/** Every container of a pod: init, normal, ephemeral, in upstream's order (policy/visitor.go). Nothing is allocated unless something is found. */
import type { CheckedContainer, CheckedPod, Confinement } from "./checked-pod";
import type { Container } from "./pod-types";

/** A container a check objects to, with what stays true of it after the pod is gone. */
export class Offender {
  readonly name: string;
  /** The container as it was written. */
  readonly source: Container;
  private readonly room: string;
  private readonly index: number;

  constructor({ name, source, room, index }: CheckedContainer) {
    this.name = name;
    this.source = source;
    this.room = room;
    this.index = index;
  }

  /** Where it stands in the pod spec, e.g. `initContainers[0]`. Written when asked for: a message does not need it. */
  get path(): string {
    return `${this.room}[${this.index}]`;
  }
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
      found.push(new Offender(container));
    }
  }
  return found;
}

/** What the pod and its containers say, of those `isBad` is true of: the pod first. For checks that have already found some. */
export function badConfinements(pod: CheckedPod, isBad: (who: Confinement) => boolean): Confinement[] {
  return [pod, ...pod.containers.slice(0, pod.size)].filter(isBad);
}
