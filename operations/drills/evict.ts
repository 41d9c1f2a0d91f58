import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ClusterUnavailable, NotFound } from "../../cluster/cluster";

/** A drill ended before it was done, by a decision of the cluster: a budget refused, or something did not come back in time. */
export class DrillStopped extends Error {
  override readonly name = "DrillStopped";
}

/**
 * Asks the Eviction API to end a pod, which a PodDisruptionBudget may refuse; nothing here ever deletes a pod. Throws
 * DrillStopped with the cluster's words when a budget refuses. A pod that is gone already is fine.
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

/** Asks once a second until the answer is yes. Throws DrillStopped after `seconds`, and what the signal was aborted with. */
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
