import type { Stack } from "@pulumi/pulumi/automation";
import { dropRecords, observeRelease } from "../components/cluster-state";
import {
  type Deployment,
  type PendingOperation,
  type Place,
  releaseType,
  removeHalfMade,
} from "../components/half-made";
import { ClusterUnavailable } from "../components/kubectl";
import { wrongCluster } from "../components/preflight";
import { endOrphans, runMark } from "../local/orphans";
import { UserError } from "../local/user-error";
import { projectName } from "./project";
import { backendFolder, releaseDeadLocks } from "./stack-lock";

export interface HealArgs {
  /** The stack's cluster. */
  readonly cluster: { readonly context: string; readonly uid?: string | undefined };
  /** Where the stack's systems are. */
  readonly places: readonly Place[];
  readonly backend: string;
  /** What follows: a destroy takes a half-uninstalled release on from where it is, an `up` installs it anew. */
  readonly next: "up" | "destroy";
  readonly log: (line: string) => void;
}

/**
 * Puts right what a killed run of this stack left on this machine, in the state and in the cluster, so that the next run
 * needs no other step: processes that go on, a lock whose owner is dead, half-made objects, deletions nobody noted.
 * (A release left pending is put right by the program's own preflight, for plain Pulumi too.) Throws a UserError when
 * someone alive holds the stack.
 */
export async function heal(stack: Stack, args: HealArgs): Promise<void> {
  await endOrphans(`${projectName}/${stack.name}`, args.backend, args.log);
  const folder = backendFolder(args.backend, stack.workspace.workDir);
  // Only a lock seen to be free makes sure that nobody is at work; elsewhere the program does it, under the engine's own lock.
  if (folder === undefined) return;
  releaseDeadLocks(stack.name, folder, args.log);
  process.env[runMark] = "healed"; // the program need not look again
  const deployment = await stateOf(stack);
  if (!deployment.resources?.length && !deployment.pending_operations?.length) return;
  const { context } = args.cluster;
  try {
    const wrong = await wrongCluster(args.cluster);
    if (wrong !== undefined) throw new UserError(wrong);
    await removeHalfMade(context, `${projectName}/${stack.name}`, args.places, deployment, args.log);
    if (args.next === "up") await forgetHalfUninstalled(args, deployment.pending_operations ?? []);
    await learn(stack, deployment, args.log);
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    return; // the run itself says so, and changes nothing
  }
  if (deployment.pending_operations?.length) await clearPending(stack);
}

const stateOf = async (stack: Stack): Promise<Deployment> =>
  ((await stack.exportStack()).deployment ?? {}) as unknown as Deployment;

/** A release that is half uninstalled can be neither upgraded nor told from one that is well: without records it is installed anew. */
async function forgetHalfUninstalled(args: HealArgs, pending: readonly PendingOperation[]): Promise<void> {
  for (const { type, resource } of pending) {
    const { name, namespace } = resource.inputs ?? {};
    if (type !== "deleting" || resource.type !== releaseType || !name || !namespace) continue;
    const state = await observeRelease(args.cluster.context, namespace, name);
    if (state?.status !== "uninstalling") continue;
    await dropRecords(args.cluster.context, namespace, name);
    args.log(`release ${namespace}/${name} was interrupted while it was uninstalled: it is installed anew`);
  }
}

/** Asks the cluster what became of changes and deletions that were interrupted, and notes it in the state. */
async function learn(stack: Stack, deployment: Deployment, log: HealArgs["log"]): Promise<void> {
  const kept = new Set((deployment.resources ?? []).filter((entry) => !entry.delete).map(({ urn }) => urn));
  const begun = (deployment.pending_operations ?? []).filter(({ type }) => type === "deleting" || type === "updating");
  const target = [...new Set(begun.map(({ resource }) => resource.urn))].filter((urn) => kept.has(urn));
  if (target.length === 0) return;
  log(`asking the cluster about ${target.length} changes that were interrupted`);
  await stack.refresh({ target, clearPendingCreates: true, suppressOutputs: true });
}

/** Pulumi keeps interrupted creations in the state until someone says what became of them: they are gone. */
async function clearPending(stack: Stack): Promise<void> {
  const state = await stack.exportStack();
  const deployment = state.deployment as Deployment | undefined;
  if (!deployment?.pending_operations?.length) return;
  const cleared = { ...deployment, pending_operations: [] };
  await stack.importStack({ ...state, deployment: cleared as unknown as typeof state.deployment });
}
