import type { Cluster } from "./cluster";
import { type HelmRecord, manifestOf, newestFirst, type ReleaseState, releaseState } from "./helm-records";

/** Reads the state of Helm releases from the cluster. Changes nothing. */

/** Helm's records of a release, newest first. */
export const recordsOf = async (cluster: Cluster, namespace: string, name: string): Promise<readonly HelmRecord[]> =>
  newestFirst(
    await cluster.list<HelmRecord>("secrets", { namespace, selector: `owner=helm,name=${name}`, managedFields: true }),
  );

/** Manifest of a release as YAML: of its deployed revision, else of its newest; undefined when there is none. Contains its Secrets in clear text. */
export async function deployedManifest(cluster: Cluster, namespace: string, name: string): Promise<string | undefined> {
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
