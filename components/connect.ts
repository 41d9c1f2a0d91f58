import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { endProvidersWithoutEngine, runMark } from "../local/orphans";
import { exportedState, removeHalfMade } from "./half-made";
import { ClusterUnavailable } from "./kubectl";
import { type Observed, preflight, type Wanted, wrongCluster } from "./preflight";
import { admissionNeeds } from "./signature-admission";
import type { StackConfig } from "./stack-schema";

/**
 * The provider for the stack's own cluster, after a look at it: throws one error with everything that must be mended first,
 * before any resource is registered.
 */
export async function connect(
  stack: StackConfig,
  owner: string,
  wanted: readonly Wanted[],
): Promise<{ readonly provider: k8s.Provider; readonly observed: Readonly<Record<string, Observed>> }> {
  const dryRun = pulumi.runtime.isDryRun();
  const notes: string[] = [];
  if (!dryRun) await afterKilledRun(stack, owner, wanted, (note) => void notes.push(note));
  const { cluster, podSecurityVersion } = stack;
  const {
    mistakes,
    notes: more,
    warnings,
    observed,
  } = await preflight({ owner, cluster, podSecurityVersion, dryRun, wanted, needs: admissionNeeds(stack) });
  for (const note of [...notes, ...more]) await pulumi.log.info(note);
  for (const warning of warnings) await pulumi.log.warn(warning);
  if (mistakes.length > 0) throw new pulumi.RunError(mistakes.join("\n"));
  const provider = new k8s.Provider("cluster", { context: stack.cluster.context, upsertExistingObjects: true });
  return { provider, observed };
}

/**
 * What `hardened` does before a run, for plain `pulumi up` and for backends it cannot look into: nobody else changes the
 * stack now, as the engine of this very run holds its lock.
 */
async function afterKilledRun(
  stack: StackConfig,
  owner: string,
  wanted: readonly Wanted[],
  log: (line: string) => void,
): Promise<void> {
  if (process.env[runMark] !== undefined) return; // done
  await endProvidersWithoutEngine(process.cwd(), log);
  const state = await exportedState(`${pulumi.getOrganization()}/${owner}`);
  if (!state) return;
  try {
    if ((await wrongCluster(stack.cluster)) !== undefined) return;
    await removeHalfMade(stack.cluster.context, owner, wanted, state, log);
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error; // the preflight says so
  }
}
