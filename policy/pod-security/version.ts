/** Versions and levels of the Pod Security Standards, as namespaces name them. Upstream: api/helpers.go. */
import type { Level } from "../contract";

/** Minor version of a policy, the 25 of "v1.25"; Infinity for "latest". */
export type PolicyVersion = number;

const grammar = /^v1\.([0-9]|[1-9][0-9]*)$/;
const largest = 2n ** 63n - 1n;

/** The minor version of "v1.<n>", Infinity of "latest", null of anything else. */
export function parseVersion(text: string): PolicyVersion | null {
  if (text === "latest") return Number.POSITIVE_INFINITY;
  const minor = typeof text === "string" ? grammar.exec(text)?.[1] : undefined;
  return minor === undefined || BigInt(minor) > largest ? null : Number(minor);
}

/** The words upstream has for a version it cannot read. */
export const versionExpected = 'must be "latest" or "v1.x"';

/** A level, or null when the word is none. */
export function parseLevel(text: string): Level | null {
  return text === "privileged" || text === "baseline" || text === "restricted" ? text : null;
}

/** The words upstream has for a level it does not know. */
export const levelExpected = "must be one of privileged, baseline, restricted";

const strictness: Readonly<Record<Level, number>> = { privileged: 0, baseline: 1, restricted: 2 };

/** Negative when `a` is less strict than `b`, 0 when equal, positive when stricter. */
export function compareLevels(a: Level, b: Level): number {
  return strictness[a] - strictness[b];
}
