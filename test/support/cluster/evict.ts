import { type KubeObject, kubectl, object } from "../e2e-cluster";
import { eventually } from "../run";

type Budget = KubeObject & { readonly status: { readonly disruptionsAllowed: number } };

/** Waits until a PodDisruptionBudget has counted its pods and lets just one go. */
export async function oneMayGo(namespace: string, budget: string): Promise<void> {
  await eventually(`${budget} lets one pod go`, async () => {
    const { status } = await object<Budget>("poddisruptionbudget", budget, "-n", namespace);
    return status.disruptionsAllowed === 1;
  });
}

/** Asks that a pod goes, as a drain does. Returns "evicted", or why it may not. */
export function evict(namespace: string, name: string): Promise<string> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  return kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction)).then(() => "evicted", String);
}
