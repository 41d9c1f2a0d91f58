import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, ClusterUnavailable } from "../cluster/cluster";
import { wrongCluster } from "../cluster/cluster-identity";
import type { Evidence } from "../cluster/interrupted-release";
import { type ObservedCluster, releaseKey } from "../cluster/observed";
import { deleteOrphans } from "../cluster/orphaned-objects";
import { ownObjects } from "../cluster/own-objects";
import { preflight, type ReleaseRequirements } from "../cluster/preflight";
import { makeComparable } from "../cluster/release-repairs";
import { exportedState, pastRuns } from "../cluster/stack-state";
import type { StackConfig } from "../config/stack-schema";
import { endProvidersWithoutEngine, runMark } from "../process/orphans";
import type { RunHost } from "../process/run-events";
import { controllerOf, deliveryNeeds } from "./gitops-delivery";
import { admissionNeeds } from "./signature-admission";

/**
 * The provider for the stack's own cluster, after its preflight: throws one error with everything to fix,
 * before any resource is registered. Repairs and notes go to the host as events.
 */
export async function connect(
  stack: StackConfig,
  owner: string,
  releases: readonly ReleaseRequirements[],
  host: RunHost,
): Promise<{
  readonly provider: k8s.Provider;
  readonly observed: ObservedCluster;
  /** Transforms for every object of the stack: they add its markers and refuse a name that a foreign object has. */
  readonly own: pulumi.ResourceTransformation;
}> {
  const dryRun = pulumi.runtime.isDryRun();
  const cluster = new Cluster(stack.cluster.context);
  if (!dryRun) await afterKilledRun(cluster, { stack, owner, releases, host });
  const { mistakes, notes, warnings, observed } = await preflight({
    owner,
    cluster,
    identity: stack.cluster,
    podSecurityVersion: stack.podSecurityVersion,
    dryRun,
    releases,
    needs: [...deliveryNeeds(stack), ...admissionNeeds(stack)],
    controller: controllerOf(stack),
    evidence: () => evidenceOf(owner),
  });
  for (const note of notes) host.notify(note);
  for (const message of warnings) host.notify({ code: "warning", data: { message } });
  if (mistakes.length > 0) throw new pulumi.RunError(mistakes.join("\n"));
  if (!dryRun) await unblockFailed(cluster, releases, observed);
  const provider = new k8s.Provider("cluster", { context: cluster.context, upsertExistingObjects: true });
  const state = async () => (await evidenceOf(owner))?.state;
  return { provider, observed, own: ownObjects({ cluster, owner, places: releases, state }) };
}

/** Lets the upgrade of a failed release compare with everything that may be in the cluster (release-repairs.ts). */
async function unblockFailed(
  cluster: Cluster,
  releases: readonly ReleaseRequirements[],
  observed: ObservedCluster,
): Promise<void> {
  try {
    for (const one of releases)
      if (observed.releases[releaseKey(one)]?.state?.status === "failed")
        await makeComparable(cluster, one.namespace, one.release);
  } catch (error) {
    if (error instanceof ClusterUnavailable) throw new pulumi.RunError(cluster.unavailable(error));
    throw error;
  }
}

/** Stack and systems of a run. */
interface RunOf {
  readonly stack: StackConfig;
  /** `<project>/<stack>`. */
  readonly owner: string;
  readonly releases: readonly ReleaseRequirements[];
  readonly host: RunHost;
}

/**
 * The repairs that `hardened` makes before a run, for plain `pulumi up` and for backends that are no folder: no other run changes the
 * stack now, as the engine of this run holds its lock.
 */
async function afterKilledRun(cluster: Cluster, { stack, owner, releases, host }: RunOf): Promise<void> {
  if (process.env[runMark] !== undefined) return; // done
  const pids = await endProvidersWithoutEngine(process.cwd());
  if (pids.length > 0) host.notify({ code: "repair.ended-process", data: { pids } });
  const evidence = await evidenceOf(owner);
  if (!evidence) return;
  try {
    if ((await wrongCluster(cluster, stack.cluster)) !== undefined) return;
    await deleteOrphans({ cluster, owner, places: releases, evidence, host });
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error; // the preflight says so
  }
}

/** The stack's state and history; undefined when the pulumi command cannot read them. */
async function evidenceOf(owner: string): Promise<Evidence | undefined> {
  const name = `${pulumi.getOrganization()}/${owner}`;
  const state = await exportedState(name);
  return state && { state, runs: () => pastRuns(name) };
}
