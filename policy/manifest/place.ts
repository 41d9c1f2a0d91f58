/** Places in a tree that is walked without recursion: whole paths are only written for what is found. Pure. */

import { UNKNOWN } from "./unknown";

/** A value and where it stands. */
export interface Place {
  readonly value: unknown;
  readonly key: string | number;
  /** Undefined for the tree itself. */
  readonly above?: Place;
}

/** Keys and indexes from the tree to a place. */
export function keysOf(place: Place): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = place; at.above !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}

/** The maps, lists and unknown values a value holds itself, the last first, as a stack takes them. */
export function placesIn(above: Place): Place[] {
  const { value } = above;
  if (typeof value !== "object" || value === null) return [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.reverse().flatMap((key) => {
    const inner = (value as Readonly<Record<string | number, unknown>>)[key];
    const counts = inner === UNKNOWN || (typeof inner === "object" && inner !== null);
    return counts ? [{ value: inner, key, above }] : [];
  });
}
