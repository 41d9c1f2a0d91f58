/** Merges layers of values by Helm's rules. Pure; no input is changed. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../../policy/contract";
import { overlay } from "../../../policy/manifest/overlay";
import { isMap, type Values } from "./tree";

/** Merges two trees: maps merge key by key with the later one taking precedence, lists and scalars replace, and null removes the key. */
export function merge(base: Values, over: Values): Values {
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(over, key));
  const laid = Object.entries(over).flatMap(([key, value]) => {
    if (value === null) return [];
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [[key, isMap(value) ? merge(isMap(below) ? below : {}, value) : value] as const];
  });
  return Object.fromEntries([...kept, ...laid]);
}

/** Merges all layers; the last one takes precedence. */
export const mergeAll = (layers: readonly Values[]): Values => layers.reduce(merge, {});

/** All layers as one, with their nulls: every key that was set. */
const saidIn = (layers: readonly Values[]): Values => (layers as readonly JsonObject[]).reduce(overlay, {});

/**
 * The minimal overrides of `defaults` that lead to the result of all layers, with every key that a layer sets explicitly, so that a later change of a default
 * does not affect it. A removed default is included as null, as in Helm.
 * For all inputs: merge(defaults, overridesOf(defaults, layers)) equals mergeAll([defaults, ...layers]).
 */
export const overridesOf = (defaults: Values, layers: readonly Values[]): Values =>
  difference(defaults, mergeAll([defaults, ...layers]), saidIn(layers));

function difference(defaults: Values, wanted: Values, said: Values): Values {
  const removed = Object.keys(defaults).filter((key) => !Object.hasOwn(wanted, key));
  const kept = Object.entries(wanted).flatMap(([key, value]) => {
    const chosen = Object.hasOwn(said, key);
    if (!Object.hasOwn(defaults, key)) return [[key, value] as const];
    const before = defaults[key];
    if (!isMap(value) || !isMap(before))
      return chosen || !isDeepStrictEqual(value, before) ? [[key, value] as const] : [];
    const inside = chosen && isMap(said[key]) ? said[key] : {};
    const rest = difference(before, value, inside);
    return chosen || Object.keys(rest).length > 0 ? [[key, rest] as const] : [];
  });
  return Object.fromEntries([...removed.map((key) => [key, null] as const), ...kept]);
}

/** Paths of keys that two trees set to different values; maps are compared by their content. */
export function differences(one: Values, other: Values, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(one).flatMap(([key, value]) => {
    if (!Object.hasOwn(other, key)) return [];
    const second = other[key];
    if (isMap(value) && isMap(second)) return differences(value, second, [...path, key]);
    return isDeepStrictEqual(value, second) ? [] : [[...path, key]];
  });
}
