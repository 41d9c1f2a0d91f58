import type { Cluster } from "./cluster";
import { type HelmRecord, manifestOf, newestFirst, type ReleaseState, releaseState } from "./helm-records";

/** What the cluster says of Helm releases. Changes nothing. */

/** Helm's records of a release, newest first. */
export const recordsOf = async (cluster: Cluster, namespace: string, name: string): Promise<readonly HelmRecord[]> =>
  newestFirst(
    await cluster.list<HelmRecord>("secrets", { namespace, selector: `owner=helm,name=${name}`, managedFields: true }),
  );

/** What a release put into the cluster, as YAML: its deployed revision, else its newest; undefined when there is none. Holds its Secrets in clear. */
export async function liveManifest(cluster: Cluster, namespace: string, name: string): Promise<string | undefined> {
  return manifestOf(await recordsOf(cluster, namespace, name));
}

/** Helm's newest record of a release, or undefined when it was never installed. */
export async function observeRelease(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<ReleaseState | undefined> {
  return releaseState(await recordsOf(cluster, namespace, name));
}
