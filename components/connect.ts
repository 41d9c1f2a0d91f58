import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { removeHalfMade } from "../cluster/half-made";
import type { Evidence } from "../cluster/interrupted-release";
import { ClusterUnavailable } from "../cluster/kubectl";
import type { ObservedCluster } from "../cluster/observed";
import { ownObjects } from "../cluster/own-objects";
import { preflight, type ReleaseRequirements, wrongCluster } from "../cluster/preflight";
import { exportedState, pastRuns } from "../cluster/stack-state";
import type { StackConfig } from "../config/stack-schema";
import { endProvidersWithoutEngine, runMark } from "../process/orphans";
import { admissionNeeds } from "./signature-admission";

/**
 * The provider for the stack's own cluster, after a look at it: throws one error with everything that must be mended first,
 * before any resource is registered.
 */
export async function connect(
  stack: StackConfig,
  owner: string,
  releases: readonly ReleaseRequirements[],
): Promise<{
  readonly provider: k8s.Provider;
  readonly observed: ObservedCluster;
  /** For every object of the stack: its owner's mark, and no other's object under its name. */
  readonly own: pulumi.ResourceTransformation;
}> {
  const dryRun = pulumi.runtime.isDryRun();
  const notes: string[] = [];
  if (!dryRun) await afterKilledRun(stack, owner, releases, (note) => void notes.push(note));
  const { cluster, podSecurityVersion } = stack;
  const {
    mistakes,
    notes: more,
    warnings,
    observed,
  } = await preflight({
    owner,
    cluster,
    podSecurityVersion,
    dryRun,
    releases,
    needs: admissionNeeds(stack),
    evidence: () => evidenceOf(owner),
  });
  for (const note of [...notes, ...more]) await pulumi.log.info(note);
  for (const warning of warnings) await pulumi.log.warn(warning);
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
  log: (line: string) => void,
): Promise<void> {
  if (process.env[runMark] !== undefined) return; // done
  await endProvidersWithoutEngine(process.cwd(), log);
  const evidence = await evidenceOf(owner);
  if (!evidence) return;
  try {
    if ((await wrongCluster(stack.cluster)) !== undefined) return;
    await removeHalfMade({ context: stack.cluster.context, owner, places: releases, evidence, log });
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
