import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ClusterUnavailable, NotFound } from "../../cluster/cluster";

/** A drill that the cluster stopped: a disruption budget denied an eviction, or pods did not recover in time. */
export class DrillStopped extends Error {
  override readonly name = "DrillStopped";
}

/**
 * Evicts a pod through the Eviction API, which a PodDisruptionBudget may deny; nothing here deletes pods directly. Throws
 * DrillStopped with the API server's message when a budget denies it. A pod that no longer exists is no error.
 */
export async function evict(cluster: Cluster, namespace: string, pod: string): Promise<void> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  try {
    await cluster.kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
  } catch (error) {
    if (error instanceof NotFound) return;
    if (error instanceof ClusterUnavailable && /disruption ?budget/i.test(error.message))
      throw new DrillStopped(`the eviction of pod ${pod} was refused: ${error.message}`);
    throw error;
  }
}

/** Polls a condition every second until it holds. Throws DrillStopped after `seconds`, and the reason of an aborted signal. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  for (const start = Date.now(); ; await sleep(500)) {
    signal.throwIfAborted();
    if (await ask()) return;
    if (Date.now() - start > seconds * 1000) throw new DrillStopped(`${what}: not within ${seconds} s`);
  }
}
