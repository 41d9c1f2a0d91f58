/** How layers of values come together: Helm's own rule. Pure; no input is changed. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../../policy/contract";
import { overlay } from "../../../policy/manifest/overlay";
import { isMap, type Values } from "./tree";

/** A tree with another over it: maps merge key by key, the later wins, lists and single values replace, and null removes the key. */
export function merge(base: Values, over: Values): Values {
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(over, key));
  const laid = Object.entries(over).flatMap(([key, value]) => {
    if (value === null) return [];
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [[key, isMap(value) ? merge(isMap(below) ? below : {}, value) : value] as const];
  });
  return Object.fromEntries([...kept, ...laid]);
}

/** All layers over each other, the last one on top. */
export const mergeAll = (layers: readonly Values[]): Values => layers.reduce(merge, {});

/** Layers as one, with their nulls still in it: which keys were said at all. */
const saidIn = (layers: readonly Values[]): Values => (layers as readonly JsonObject[]).reduce(overlay, {});

/**
 * The least that has to be laid over `defaults` to get what all layers come to, and with it every key a layer said itself, so that a default that changes
 * later changes nothing that was chosen. A default that was removed is in it as null, which is how Helm is told.
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

/** A key that two trees set to different values: its path. Of maps only what is inside counts. */
export function differences(one: Values, other: Values, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(one).flatMap(([key, value]) => {
    if (!Object.hasOwn(other, key)) return [];
    const second = other[key];
    if (isMap(value) && isMap(second)) return differences(value, second, [...path, key]);
    return isDeepStrictEqual(value, second) ? [] : [[...path, key]];
  });
}
