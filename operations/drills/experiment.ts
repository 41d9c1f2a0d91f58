import { evict, until } from "./evict";
import { allowsEviction, budgetOf, isReady, type Pod, podsOf, type Target } from "./target";

/** Context of an experiment. */
export interface ExperimentContext {
  readonly target: Target;
  /** Ready pods when the drill began: as many must be ready again at its end. */
  readonly pods: readonly Pod[];
  /** Namespaces of the system, for a drain. */
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  /** Timeout for one pod or condition to recover, in seconds. */
  readonly patience: number;
  /** Records what was done, with the time, and shows it. */
  readonly note: (what: string) => void;
}

/** Waits until the service has as many ready pods as before, none of them leaving. */
export async function recovered({ target, pods, signal, patience }: ExperimentContext): Promise<void> {
  const all = async (): Promise<boolean> => {
    const now = await podsOf(target);
    return now.every(isReady) && now.length >= pods.length;
  };
  await until(`${pods.length} ready pods of ${target.service}`, all, patience, signal);
}

/** Evicts a pod of the service as soon as its budget allows it, and waits until it is gone. */
export async function evictOne(context: ExperimentContext, pod: string): Promise<void> {
  const { target, signal, patience, note } = context;
  const isAllowed = async (): Promise<boolean> => allowsEviction(await budgetOf(target));
  await until(`PodDisruptionBudget ${target.budget} allows another eviction`, isAllowed, patience, signal);
  signal.throwIfAborted();
  await evict(target.cluster, target.namespace, pod);
  note(`evicted pod ${pod}`);
  const gone = async (): Promise<boolean> => !(await podsOf(target)).some(({ metadata }) => metadata.name === pod);
  await until(`pod ${pod} is gone`, gone, patience, signal);
}
