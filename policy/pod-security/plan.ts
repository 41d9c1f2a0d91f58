/** Which checks, in which revision, make up a level at a version. Made once, when the module loads. Upstream: policy/registry.go. */

import type { Level } from "../contract";
import type { Find, PodSecurityCheck } from "./contract/check";
import { podSecurityChecks } from "./registry";
import { parseVersion, versionExpected } from "./version";

/** A check in the revision that applies. */
export interface ActiveCheck {
  readonly check: PodSecurityCheck;
  readonly find: Find;
}

/** The newest version any check has a revision for: later ones and "latest" mean this one. */
export const newestVersion: number = Math.max(
  ...podSecurityChecks.flatMap(({ versions }) => versions.map((v) => v.since)),
);

const plans: Readonly<Record<Level, readonly (readonly ActiveCheck[])[]>> = {
  privileged: everyVersion(() => []),
  baseline: everyVersion((minor) => active(minor).filter(({ check }) => check.level === "baseline")),
  restricted: everyVersion((minor) => {
    const all = active(minor);
    const overridden = new Set(all.map(({ check }) => check.overrides));
    return all.filter(({ check }) => !overridden.has(check.id));
  }),
};

const byName: Readonly<Record<Level, ReadonlyMap<string, readonly ActiveCheck[]>>> = {
  privileged: named(plans.privileged),
  baseline: named(plans.baseline),
  restricted: named(plans.restricted),
};

/** The checks of a level at a version, in upstream's order.
 *  `emulation` is the version of an older cluster: nothing newer than it is known there.
 *  Throws a RangeError when a version is neither "latest" nor "v1.<n>". */
export function checksFor(level: Level, version: string, emulation?: string): readonly ActiveCheck[] {
  if (emulation === undefined) {
    const plan = byName[level].get(version);
    if (plan !== undefined) return plan;
  }
  const minor = Math.min(minorOf(version), minorOf(emulation ?? "latest"), newestVersion);
  return plans[level][minor] ?? [];
}

function minorOf(version: string): number {
  const minor = parseVersion(version);
  if (minor === null) throw new RangeError(`Pod Security version ${versionExpected}, got ${JSON.stringify(version)}`);
  return minor;
}

function named(list: readonly (readonly ActiveCheck[])[]): Map<string, readonly ActiveCheck[]> {
  return new Map([["latest", list.at(-1) ?? []], ...list.map((plan, minor) => [`v1.${minor}`, plan] as const)]);
}

function everyVersion<T>(make: (minor: number) => T): T[] {
  return Array.from({ length: newestVersion + 1 }, (_, minor) => make(minor));
}

function active(minor: number): ActiveCheck[] {
  return podSecurityChecks.flatMap((check) => {
    const revision = check.versions.findLast(({ since }) => since <= minor);
    return revision ? [{ check, find: revision.find }] : [];
  });
}
