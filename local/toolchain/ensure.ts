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

/** Time as people say it: "45 s", "3 min 05 s". */
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
 * Sees to it that every tool is there, building what is missing from its pinned Go module, one group at a time.
 * Killed and run again it goes on where it was; a second builder waits for the first.
 * @param names groups wanted; @default all but those only tests use
 */
export async function ensureToolchain(log: Log, names?: readonly string[]): Promise<void> {
  const wanted = toolGroups.filter(({ name, forTests }) => (names === undefined ? !forTests : names.includes(name)));
  if ((await missingGroups(wanted, log)).length === 0) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const onWait = ({ who, check }: Holder): void => log(`the tools are being built by ${who}; waiting for it${check}`);
  const stop = (): void => stopBuilding();
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
  for (const [index, group] of missing.entries()) await buildOne(group, `[${index + 1}/${missing.length}]`, log);
  const all = toolGroups.filter(({ forTests }) => !forTests);
  if ((await missingGroups(all, quiet)).length === 0) rmSync(buildFolder(), { recursive: true, force: true });
  log(`tools built in ${spent(Date.now() - start)}`);
}
