import type { Stack } from "@pulumi/pulumi/automation";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { findMissingResources } from "../../cluster/missing-resources";
import { deleteOrphans } from "../../cluster/orphaned-objects";
import type { ReleaseLocation } from "../../cluster/own-objects";
import { makeComparable } from "../../cluster/release-repairs";
import { type Deployment, pastRuns, releasesIn } from "../../cluster/stack-state";
import { projectName } from "../../config/project";
import { endOrphans, runMark } from "../../process/orphans";
import type { RunHost } from "../../process/run-events";
import { releaseDeadLocks } from "./pulumi-lock";
import { backendFolder } from "./stack-lock";

export interface RepairArgs {
  /** The stack's cluster. */
  readonly cluster: Cluster;
  /** Where the stack's systems are. */
  readonly places: readonly ReleaseLocation[];
  readonly backend: string;
  /** The command that follows: `destroy` continues with a partly uninstalled release, `up` reinstalls it. */
  readonly next: "up" | "destroy";
  readonly host: RunHost;
}

/**
 * Repairs what a killed run of this stack left on this machine, in the state and in the cluster, so that the next run needs no
 * other step: orphaned processes, a lock whose owner is dead, orphaned objects, a pending release, deletions that were not recorded.
 * Throws a UserError when a living process holds the stack's lock.
 */
export async function repairStack(stack: Stack, args: RepairArgs): Promise<void> {
  const { host } = args;
  const pids = await endOrphans(`${projectName}/${stack.name}`, args.backend);
  if (pids.length > 0) host.notify({ code: "repair.ended-process", data: { pids } });
  const folder = backendFolder(args.backend, stack.workspace.workDir);
  // Only where the lock can be checked is no other run active; for other backends the program repairs, under the engine's own lock.
  if (folder === undefined) return tellPending(stack.name, await stateOf(stack), host);
  releaseDeadLocks(stack.name, folder, host);
  process.env[runMark] = "repaired"; // the program need not repair again
  const deployment = await stateOf(stack);
  if (!deployment.resources?.length && !deployment.pending_operations?.length) return;
  const { cluster } = args;
  try {
    const evidence = { state: deployment, runs: () => pastRuns(stack.name) };
    const owner = `${projectName}/${stack.name}`;
    await deleteOrphans({ cluster, owner, places: args.places, evidence, host });
    const gone = await findMissingResources({ cluster, state: deployment, next: args.next, host });
    await learn(stack, deployment, gone, host);
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    return; // the run itself reports it and changes nothing
  }
  if (deployment.pending_operations?.length) await clearPending(stack);
  for (const release of toUninstall(deployment, args)) await uninstallAll(cluster, release, host);
}

/** Has Helm uninstall everything of a release that failed. What is refused is a warning: an object that stays is better than a stack that does. */
async function uninstallAll(cluster: Cluster, { namespace, name }: Release, { notify }: RunHost): Promise<void> {
  try {
    await makeComparable(cluster, namespace, name);
  } catch (error) {
    const message = `release ${namespace}/${name} failed, and its record in Helm cannot be changed: what only earlier revisions have may stay in the cluster (${(error as Error).message})`;
    notify({ code: "warning", data: { message } });
  }
}

interface Release {
  readonly namespace: string;
  readonly name: string;
}

/** Releases that the run will uninstall. Helm uninstalls what its newest record has; of one that failed, that is not all there is. */
export function toUninstall(state: Deployment, { next, places }: Pick<RepairArgs, "next" | "places">): Release[] {
  const stays = new Set(next === "destroy" ? [] : places.map(({ namespace, release }) => `${namespace}/${release}`));
  return releasesIn(state)
    .map(({ metadata: { namespace = "", name } }) => ({ namespace, name }))
    .filter(({ namespace, name }) => !stays.has(`${namespace}/${name}`));
}

/** The state of a stack, secrets closed. */
export const stateOf = async (stack: Stack): Promise<Deployment> =>
  ((await stack.exportStack()).deployment ?? {}) as unknown as Deployment;

/** For a backend whose state is not repaired here: what an interrupted run left in it, and the commands that repair it. */
function tellPending(stack: string, { pending_operations: pending = [] }: Deployment, { notify }: RunHost): void {
  if (pending.length === 0) return;
  const message = `a run of stack ${stack} was interrupted with ${pending.length} operation${pending.length === 1 ? "" : "s"} unfinished, and the state in this backend is not repaired automatically. If no other run is active and the stack is locked: pulumi cancel --stack ${stack}. After an interrupted destroy: pulumi refresh --stack ${stack}`;
  notify({ code: "warning", data: { message } });
}

/** Finds out in the cluster how interrupted changes and deletions ended, and which resources are missing; records it in the state. */
async function learn(
  stack: Stack,
  deployment: Deployment,
  gone: readonly string[],
  { notify }: RunHost,
): Promise<void> {
  const kept = new Set((deployment.resources ?? []).filter((entry) => !entry.delete).map(({ urn }) => urn));
  const begun = (deployment.pending_operations ?? []).filter(({ type }) => type === "deleting" || type === "updating");
  const target = [...new Set([...begun.map(({ resource }) => resource.urn), ...gone])].filter((urn) => kept.has(urn));
  if (target.length === 0) return;
  notify({ code: "repair.refresh", data: { objects: target.length } });
  await stack.refresh({ target, clearPendingCreates: true, suppressOutputs: true });
}

/** Removes interrupted creations from the state, where Pulumi keeps them until they are resolved: their objects were deleted. */
async function clearPending(stack: Stack): Promise<void> {
  const state = await stack.exportStack();
  const deployment = state.deployment as Deployment | undefined;
  if (!deployment?.pending_operations?.length) return;
  const cleared = { ...deployment, pending_operations: [] };
  await stack.importStack({ ...state, deployment: cleared as unknown as typeof state.deployment });
}
