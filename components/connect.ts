import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Evidence } from "../cluster/interrupted-release";
import { ClusterUnavailable } from "../cluster/kubectl";
import type { ObservedCluster } from "../cluster/observed";
import { deleteOrphans } from "../cluster/orphaned-objects";
import { ownObjects } from "../cluster/own-objects";
import { preflight, type ReleaseRequirements, wrongCluster } from "../cluster/preflight";
import { exportedState, pastRuns } from "../cluster/stack-state";
import type { StackConfig } from "../config/stack-schema";
import { endProvidersWithoutEngine, runMark } from "../process/orphans";
import type { RunHost } from "../process/run-events";
import { admissionNeeds } from "./signature-admission";

/**
 * The provider for the stack's own cluster, after a look at it: throws one error with everything that must be mended first,
 * before any resource is registered. What it puts right and what a person should know is told to the host.
 */
export async function connect(
  stack: StackConfig,
  owner: string,
  releases: readonly ReleaseRequirements[],
  host: RunHost,
): Promise<{
  readonly provider: k8s.Provider;
  readonly observed: ObservedCluster;
  /** For every object of the stack: its owner's mark, and no other's object under its name. */
  readonly own: pulumi.ResourceTransformation;
}> {
  const dryRun = pulumi.runtime.isDryRun();
  if (!dryRun) await afterKilledRun(stack, owner, releases, host);
  const { cluster, podSecurityVersion } = stack;
  const { mistakes, notes, warnings, observed } = await preflight({
    owner,
    cluster,
    podSecurityVersion,
    dryRun,
    releases,
    needs: admissionNeeds(stack),
    evidence: () => evidenceOf(owner),
  });
  for (const note of notes) host.notify(note);
  for (const message of warnings) host.notify({ code: "warning", data: { message } });
  if (mistakes.length > 0) throw new pulumi.RunError(mistakes.join("\n"));
  const provider = new k8s.Provider("cluster", { context: stack.cluster.context, upsertExistingObjects: true });
  const { context } = cluster;
  const state = async () => (await evidenceOf(owner))?.state;
  return { provider, observed, own: ownObjects({ context, owner, places: releases, state }) };
}

/**
 * What `hardened` does before a run, for plain `pulumi up` and for backends it cannot look into: nobody else changes the
 * stack now, as the engine of this very run holds its lock.
 */
async function afterKilledRun(
  stack: StackConfig,
  owner: string,
  releases: readonly ReleaseRequirements[],
  host: RunHost,
): Promise<void> {
  if (process.env[runMark] !== undefined) return; // done
  const pids = await endProvidersWithoutEngine(process.cwd());
  if (pids.length > 0) host.notify({ code: "repair.ended-process", data: { pids } });
  const evidence = await evidenceOf(owner);
  if (!evidence) return;
  try {
    if ((await wrongCluster(stack.cluster)) !== undefined) return;
    await deleteOrphans({ context: stack.cluster.context, owner, places: releases, evidence, host });
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error; // the preflight says so
  }
}

/** What the stack's own books say of its runs; nothing when the pulumi command cannot be asked. */
async function evidenceOf(owner: string): Promise<Evidence | undefined> {
  const name = `${pulumi.getOrganization()}/${owner}`;
  const state = await exportedState(name);
  return state && { state, runs: () => pastRuns(name) };
}
