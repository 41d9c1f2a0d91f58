import type { Cluster } from "./cluster";
import { comparableRecords, failedOf, type HelmRecord, type ReleaseState } from "./helm-records";
import { recordsOf } from "./releases";

/** Repairs of Helm's records, for releases that an interrupted run left blocked. */

/**
 * Lets Helm compare the upgrade of a failed release with everything that may be in the cluster. Helm compares with the deployed revision:
 * what only the failed one introduced would stay for ever. Without a deployed revision it compares with the failed one
 * (helm.sh/helm/v3/pkg/action/upgrade.go, prepareUpgrade): what that one was to remove, and did not come to, would stay. So the failed
 * one gets both. Nothing changes where the newest revision did not fail.
 */
export async function makeComparable(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const records = await recordsOf(cluster, namespace, name);
  for (const record of comparableRecords(records)) await replace(cluster, namespace, record);
}

async function replace(cluster: Cluster, namespace: string, record: HelmRecord): Promise<void> {
  await cluster.kubectl(["replace", "-n", namespace, "-f", "-"], JSON.stringify(record));
}

/**
 * Marks a revision that a dead run left pending as failed, which unblocks Helm and tells the next upgrade what may exist.
 * A first install has no earlier revision: its record is deleted, and the next install adopts the objects it created.
 */
export async function endPending(
  cluster: Cluster,
  namespace: string,
  name: string,
  state: ReleaseState,
): Promise<void> {
  if (state.status === "pending-install") return void (await dropRecords(cluster, namespace, name));
  const records = await recordsOf(cluster, namespace, name);
  for (const record of failedOf(records, state.record)) await replace(cluster, namespace, record);
}

/** Deletes every record Helm has of a release; its objects stay and keep Helm's ownership metadata. Returns whether there were any. */
export async function dropRecords(cluster: Cluster, namespace: string, name: string): Promise<boolean> {
  const selector = `owner=helm,name=${name}`;
  const said = await cluster.kubectl(["delete", "secret", "-n", namespace, "-l", selector, "--ignore-not-found"]);
  return /deleted/.test(said);
}
