import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Holder, withLock } from "../lock";
import { UserError } from "../user-error";
import { buildFolder, buildGroup, stopBuilding, whyNotBuildable } from "./build";
import { cacheFolder, dropOldEntries, isBuilt } from "./cache";
import { type ToolGroup, toolGroups } from "./groups";
import { ownTool } from "./locate";
import { buildPackages, ensurePackages } from "./packages";

type Log = (line: string) => void;

/** A duration as text: "45 s", "3 min 05 s". */
export function spent(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

async function missingGroups(wanted: readonly ToolGroup[], log: Log): Promise<ToolGroup[]> {
  const missing: ToolGroup[] = [];
  for (const group of wanted) {
    const own = ownTool(group.name);
    if (own !== undefined) log(`${group.name}: using your own (${own})`);
    else if (!(await isBuilt(group))) missing.push(group);
  }
  return missing;
}

/** State of a group: built, or replaced by a tool on PATH, with its file. */
export interface ToolState {
  readonly group: string;
  readonly state: "own" | "built" | "missing";
  readonly own?: string;
}

/** State of every group of tools; builds nothing. */
export async function listTools(): Promise<ToolState[]> {
  const states: ToolState[] = [];
  for (const group of toolGroups) {
    const own = ownTool(group.name);
    if (own !== undefined) states.push({ group: group.name, state: "own", own });
    else states.push({ group: group.name, state: (await isBuilt(group)) ? "built" : "missing" });
  }
  return states;
}

/** The same as text. */
export const formatTools = (tools: readonly ToolState[]): string =>
  tools.map(({ group, state, own }) => `${group.padEnd(24)} ${state}${own ? ` (${own})` : ""}`).join("\n");

async function buildOne(group: ToolGroup, position: string, log: Log): Promise<void> {
  const start = Date.now();
  log(`${position} building ${group.name} (about ${spent(group.seconds * 1000)} on two cores)`);
  const beat = setInterval(() => log(`${position} … ${group.name}, ${spent(Date.now() - start)} so far`), 60_000);
  try {
    await buildGroup(group);
    dropOldEntries(group);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`building ${group.name}: ${error.message}`);
    throw error;
  } finally {
    clearInterval(beat);
  }
  log(`${position} ${group.name} done in ${spent(Date.now() - start)}`);
}

/**
 * Builds every missing tool from its pinned Go module.
 * Ctrl-C ends the process; the next call goes on from there. A concurrent call waits for the first.
 * @param names required groups; @default all but those only tests use
 */
export async function ensureToolchain(log: Log, names?: readonly string[]): Promise<void> {
  const wanted = toolGroups.filter(({ name, usedBy }) =>
    names === undefined ? usedBy === undefined : names.includes(name),
  );
  if ((await missingGroups(wanted, log)).length === 0) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const onWait = ({ who, check }: Holder): void => log(`the tools are being built by ${who}; waiting for it${check}`);
  const stop = (): void => {
    stopBuilding();
    log("interrupted; the next run goes on from here");
    process.exit(130);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    await withLock(join(cacheFolder(), "lock"), () => buildMissing(wanted, log), { onWait });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

async function buildMissing(wanted: readonly ToolGroup[], log: Log): Promise<void> {
  const quiet = (): void => {};
  const missing = await missingGroups(wanted, quiet);
  if (missing.length === 0) return;
  const reason = whyNotBuildable();
  if (reason !== undefined) throw new UserError(reason);
  if (missing.some((group) => group.cgo)) ensurePackages(buildPackages, log);
  const start = Date.now();
  await buildAll(missing, log);
  const all = toolGroups.filter(({ usedBy }) => usedBy === undefined);
  if ((await missingGroups(all, quiet)).length === 0) rmSync(buildFolder(), { recursive: true, force: true });
  log(`tools built in ${spent(Date.now() - start)}`);
}

/** Number of groups that are built concurrently: one downloads or links, which uses one processor at most, while the other compiles. */
const atOnce = 2;

/** Builds groups in their order. After a failure no further one is started, and the first error is thrown once the others have ended. */
async function buildAll(groups: readonly ToolGroup[], log: Log): Promise<void> {
  const queue = [...groups.entries()];
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && failures.length === 0; next = queue.shift())
      await buildOne(next[1], `[${next[0] + 1}/${groups.length}]`, log).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw failures[0];
}
