import type { JsonObject } from "../contract";

const isMap = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Helm's way of laying one file of values over another: maps merge, lists and the rest replace. A null stays, and removes the default when it is laid over a chart's. */
export function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key);
    merged.set(key, isMap(value) && isMap(under) ? overlay(under, value) : value);
  }
  return Object.fromEntries(merged); // a key may be called __proto__
}
