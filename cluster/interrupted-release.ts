import type { RunHost } from "../process/run-events";
import type { Cluster } from "./cluster";
import type { ReleaseState } from "./helm-records";
import { keyOf, type Reference } from "./object-metadata";
import { dropRecords, endPending } from "./release-repairs";
import { observeRelease } from "./releases";
import { type Deployment, madeIn, type PastRun, referenceOf } from "./stack-state";

/** What a stack's state and history say about its runs. */
export interface Evidence {
  readonly state: Deployment;
  /** Runs that have ended; asked for only where the state does not tell. */
  readonly runs: () => Promise<readonly PastRun[]>;
}

/** Whether Helm's own command wrote the newest record, by its field manager: then a user is working on the release, whatever the stack did meanwhile. */
export const isWrittenByHelm = ({ writer }: ReleaseState): boolean => writer === "Helm";

/** Operations that runs of the stack had begun and not recorded as done. */
const begunIn = ({ pending_operations: pending = [] }: Deployment): ReadonlySet<string> =>
  new Set(
    pending
      .filter(({ type }) => type === "creating" || type === "updating")
      .flatMap(({ resource }) => referenceOf(resource) ?? [])
      .map(keyOf),
  );

/** Whether a user installed a release with Helm's own command: it is not in the stack's state, and the stack had not begun to create it. */
export const isInstalledByHand = (release: ReleaseState, reference: Reference, state: Deployment): boolean =>
  isWrittenByHelm(release) && ![madeIn(state), begunIn(state)].some((keys) => keys.has(keyOf(reference)));

/**
 * Whether an interrupted run of this stack wrote Helm's newest record of a release in the stack's own namespace: the state has
 * the release as begun and not done, as when the engine was killed, or the record is from the time of a run that did not
 * succeed, as when the provider was. What the provider calls itself proves nothing, and differs between its versions.
 */
export async function isInterrupted(
  release: ReleaseState,
  reference: Reference,
  { state, runs }: Evidence,
): Promise<boolean> {
  if (begunIn(state).has(keyOf(reference))) return true;
  if (isWrittenByHelm(release)) return false;
  const written = Date.parse(release.written);
  return (await runs()).some(
    ({ kind, result, startTime, endTime }) =>
      kind === "update" &&
      result === "failed" &&
      Date.parse(startTime) <= written &&
      endTime !== undefined &&
      written <= Date.parse(endTime),
  );
}

/**
 * Ends what an interrupted run left of a release, so that the next run can go on: a pending record of one the state holds as
 * made is noted as failed; of one it does not, Helm's records go, and the next install takes over the objects, which run on.
 * Leaves everything else alone. `reference`: in a namespace of this stack. Throws ClusterUnavailable.
 */
export async function endInterrupted(
  cluster: Cluster,
  reference: Reference,
  evidence: Evidence,
  { notify }: RunHost,
): Promise<void> {
  const { name, namespace = "" } = reference.metadata;
  const release = await observeRelease(cluster, namespace, name);
  if (!release) return;
  const made = madeIn(evidence.state).has(keyOf(reference));
  const pending = release.status.startsWith("pending-");
  if ((made && !pending) || !(await isInterrupted(release, reference, evidence))) return;
  if (made) await endPending(cluster, namespace, name, release);
  else await dropRecords(cluster, namespace, name);
  const { status, revision } = release;
  if (pending) notify({ code: "repair.pending-release", data: { namespace, release: name, status, revision } });
  else notify({ code: "repair.partial-install", data: { namespace, release: name } });
}
