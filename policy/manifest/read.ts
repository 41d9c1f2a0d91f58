/** Reads unvalidated trees: any shape, any depth, unknown values anywhere. Never throws. */
import { UNKNOWN } from "./unknown";

/** The value at a path of keys; undefined where the path ends early, UNKNOWN where it runs into an unknown. */
export function read(tree: unknown, ...keys: readonly (string | number)[]): unknown {
  let value = tree;
  for (const key of keys) {
    if (value === UNKNOWN) return UNKNOWN;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value ?? undefined;
}

/** The list at a path. An unknown list is returned as one unknown element, so that every loop over it encounters it. */
export function list(tree: unknown, ...keys: readonly (string | number)[]): readonly unknown[] {
  const value = read(tree, ...keys);
  if (value === UNKNOWN) return [UNKNOWN];
  return Array.isArray(value) ? value : [];
}

/** The entries of the map at a path; an unknown map has one entry "*" of unknown value. */
export function entries(tree: unknown, ...keys: readonly (string | number)[]): readonly (readonly [string, unknown])[] {
  const value = read(tree, ...keys);
  if (value === UNKNOWN) return [["*", UNKNOWN]];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** The text at a path, "" when it is none. */
export function text(tree: unknown, ...keys: readonly (string | number)[]): string {
  const value = read(tree, ...keys);
  return typeof value === "string" ? value : "";
}

/** A number, text or truth value as text, "" for anything else: an object may hold anything under the name `toString`. */
export function word(value: unknown): string {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value as string) : "";
}
