import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../../cluster/cluster";
import { deployedManifest, observeRelease } from "../../cluster/releases";
import { UserError } from "../../process/user-error";
import { breakDeployment, writeChart } from "./broken-revision";
import { deploymentOf } from "./deployment";
import { deadOwner, drillMark } from "./drill-mark";
import { DrillStopped, until } from "./evict";
import { type ExperimentContext, recovered } from "./experiment";
import { type ClusterHelm, withHelm } from "./helm-on-cluster";
import { type ContainerStatus, type Pod, podsOf, type Target } from "./target";

/** Course and result of a bad release, for the evidence. */
export interface RollbackRecord {
  readonly revisionBefore: number;
  readonly badRevision: number;
  readonly revisionAfter: number;
  /** How the bad revision was detected. */
  readonly detected: string;
  /** Seconds from the bad release to its detection, and from there until all pods of the good one were ready again. */
  readonly detectionSeconds: number;
  readonly rollbackSeconds: number;
  /** Whether the Deployment's pod template equals the one before, field by field. */
  readonly restored: boolean;
}

/** Description of a bad revision in Helm's history: the drill's process, and the revision to roll back to when it was killed in between. */
const noteOf = (revision: number): string =>
  `hardened drill: a bad release on purpose by ${drillMark()}, goes back to revision ${revision}`;
const isNote = /^hardened drill: a bad release on purpose(?: by (.*))?, goes back to revision (\d+)$/;

const rollback = (
  helm: ClusterHelm,
  { release, namespace }: Pick<Target, "namespace" | "release">,
  revision: number,
): Promise<string> =>
  helm(["rollback", release ?? "", String(revision), "--namespace", namespace, "--wait", "--timeout", "150s"]);

/** Rolls back the bad revisions that a killed drill left in a namespace. Throws a UserError for one of a drill that runs, or may run elsewhere. */
export async function healBadReleases(cluster: Cluster, namespace: string, log: (line: string) => void): Promise<void> {
  const names = "jsonpath={.items[*].metadata.labels.name}";
  const found = await cluster.kubectl([
    "get",
    "secrets",
    "-n",
    namespace,
    "-l",
    "owner=helm,status=deployed",
    "-o",
    names,
  ]);
  for (const release of new Set(found.split(" ").filter((name) => name !== ""))) {
    const state = await observeRelease(cluster, namespace, release);
    const [, mark = "", revision] = isNote.exec(state?.description ?? "") ?? [];
    if (revision === undefined) continue;
    const command = `helm rollback ${release} ${revision} -n ${namespace}`;
    deadOwner(mark, `release ${namespace}/${release} is at a bad revision`, command);
    await withHelm(cluster, (helm) => rollback(helm, { namespace, release }, Number(revision)));
    log(
      `release ${namespace}/${release} was left at a bad revision by a drill that was killed: rolled back to revision ${revision}`,
    );
  }
}

const startFailures = [
  "CrashLoopBackOff",
  "RunContainerError",
  "CreateContainerError",
  "CreateContainerConfigError",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
];

/** The cluster's reason why a container does not run; undefined while it may still start. */
export function failureOf({ state, lastState }: ContainerStatus): string | undefined {
  const waiting = state?.waiting?.reason;
  if (waiting !== undefined && startFailures.includes(waiting)) return waiting;
  const ended = state?.terminated ?? lastState?.terminated;
  return ended !== undefined && ended.exitCode !== 0 ? (ended.reason ?? `exit code ${ended.exitCode}`) : undefined;
}

function failureAmong(pods: readonly Pod[]): string | undefined {
  for (const { metadata, status } of pods) {
    for (const container of status.containerStatuses ?? []) {
      const failure = failureOf(container);
      if (failure !== undefined) return `pod ${metadata.name}, container ${container.name}: ${failure}`;
    }
  }
  return undefined;
}

/** Watches the new revision until it is known to have failed. Throws DrillStopped when it rolls out successfully. */
async function detect(context: ExperimentContext, known: ReadonlySet<string>): Promise<string> {
  const { target, signal, patience } = context;
  let found: string | undefined;
  const bad = async (): Promise<boolean> => {
    found = failureAmong((await podsOf(target)).filter(({ metadata }) => !known.has(metadata.uid)));
    return found !== undefined;
  };
  await until("the bad release is detected", bad, patience, signal);
  return found ?? "";
}

/**
 * Releases a revision that cannot start, detects it by its pods and rolls back to the revision before with Helm, always, also when it is
 * interrupted.
 */
export async function badRelease(context: ExperimentContext): Promise<RollbackRecord> {
  const { target, note } = context;
  const { release, namespace } = target;
  const state = release === undefined ? undefined : await observeRelease(target.cluster, namespace, release);
  if (release === undefined || state === undefined)
    throw new UserError(`Service ${target.service} belongs to no Helm release: there is nothing to roll back`, 2);
  if (state.status !== "deployed")
    throw new UserError(
      `release ${namespace}/${release} is ${state.status} at revision ${state.revision}; a drill begins with a deployed one`,
      2,
    );
  const before = await deploymentOf(target);
  const manifest = (await deployedManifest(target.cluster, namespace, release)) ?? "";
  const objects = await breakDeployment(manifest, before.metadata.name);
  const known = new Set(context.pods.map(({ metadata }) => metadata.uid));
  return withHelm(target.cluster, async (helm, folder) => {
    const chart = writeChart(folder, chartOf(target), objects);
    const began = Date.now();
    let detected = "";
    let noticed = 0;
    try {
      const how = ["--namespace", namespace, "--history-max", "10", "--description", noteOf(state.revision)];
      await helm(["upgrade", release, chart, ...how]);
      note(`released revision ${state.revision + 1}, which cannot start`);
      detected = await detect(context, known);
      note(`detected: ${detected}`);
    } finally {
      noticed = Date.now();
      await rollback(helm, target, state.revision);
      note(`rolled back to revision ${state.revision}`);
    }
    await recovered(context);
    const after = await deploymentOf(target);
    const now = await observeRelease(target.cluster, namespace, release);
    const restored = isDeepStrictEqual(after.spec.template, before.spec.template);
    if (!restored) throw new DrillStopped(`Deployment ${before.metadata.name} is not what it was after the rollback`);
    note(`revision ${now?.revision ?? "?"} is revision ${state.revision} again, all pods ready`);
    return {
      revisionBefore: state.revision,
      badRevision: state.revision + 1,
      revisionAfter: now?.revision ?? 0,
      detected,
      detectionSeconds: (noticed - began) / 1000,
      rollbackSeconds: (Date.now() - noticed) / 1000,
      restored,
    };
  });
}

/** "service-0.1.0" → name and version, which the chart of the bad revision has too. */
function chartOf({ chart, release }: Target): { name: string; version: string } {
  const [, name, version] = /^(.+?)-(\d+\.\d+\.\d+.*)$/.exec(chart ?? "") ?? [];
  return { name: name ?? release ?? "drill", version: version?.replaceAll("_", "+") ?? "0.0.0" };
}
