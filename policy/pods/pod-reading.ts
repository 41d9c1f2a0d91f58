/** The close look at a pod that is not plain: which fields have a type the API server refuses, which values are unknown. Pure. */

import { UNKNOWN } from "../manifest/unknown";
import { podSchema, type Schema } from "./pod-schema";
import type { Pod } from "./pod-types";

/** A field whose type the API server refuses: such a pod gets no verdict there, only "cannot be handled as a Pod". */
export interface TypeProblem {
  /** Path from the pod, e.g. `spec.hostNetwork`. */
  readonly field: string;
  readonly got: string;
  readonly want: string;
}

export interface PodReading {
  readonly problems: readonly TypeProblem[];
  /** Paths from the pod of values that are unknown, in the order of the pod. */
  readonly unknown: readonly string[];
}

/** Reads every field the checks read. Never throws, whatever the input. */
export function readPod(pod: unknown): PodReading {
  const reading = { problems: [] as TypeProblem[], unknown: [] as string[] };
  read(pod, podSchema, "", reading);
  return reading;
}

/** Says for each unknown value, by its path from the pod, which value to assume. */
export type Choose = (path: string) => "best" | "worst";

/** The pod with only the fields the checks read, no nulls, and each unknown value chosen. Only for a pod without problems. */
export function settled(pod: unknown, choose: Choose): Pod {
  const { metadata, spec } = (settle(pod, podSchema, "", choose) ?? {}) as Partial<Pod>;
  return { metadata: metadata ?? {}, spec: spec ?? {} };
}

const words: Readonly<Record<Schema["kind"], string>> = {
  boolean: "true or false",
  string: "a string",
  int32: "a 32-bit integer",
  int64: "a 64-bit integer",
  list: "a list",
  map: "an object",
  object: "an object",
};

function fits(value: unknown, kind: Schema["kind"]): boolean {
  switch (kind) {
    case "boolean":
    case "string":
      return typeof value === kind;
    case "int32":
    case "int64": {
      const limit = kind === "int32" ? 2 ** 31 : 2 ** 63;
      return typeof value === "number" && Number.isInteger(value) && value >= -limit && value < limit;
    }
    case "list":
      return Array.isArray(value);
    default:
      return isObject(value);
  }
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read(
  value: unknown,
  schema: Schema,
  path: string,
  into: { problems: TypeProblem[]; unknown: string[] },
): void {
  if (value === undefined || value === null) return;
  if (value === UNKNOWN) {
    into.unknown.push(path);
    return;
  }
  if (!fits(value, schema.kind)) {
    into.problems.push({ field: path === "" ? "pod" : path, got: kindOf(value), want: words[schema.kind] });
    return;
  }
  for (const [key, child, inner] of children(value, schema)) read(child, inner, at(path, key), into);
}

function settle(value: unknown, schema: Schema, path: string, choose: Choose): unknown {
  if (value === undefined || value === null) return undefined;
  if (value === UNKNOWN) return settle(schema[choose(path)], schema, path, choose);
  const inside = children(value, schema).map(([key, child, inner]) => {
    const settledChild = settle(child, inner, at(path, key), choose);
    // In a list and in a map the API server makes null the empty value of the type.
    return [key, settledChild === undefined && schema.kind !== "object" ? empty(inner) : settledChild] as const;
  });
  if (schema.kind === "list") return inside.map(([, child]) => child);
  // fromEntries defines, where assignment of a key named __proto__ would not.
  if (schema.kind === "map") return Object.fromEntries(inside);
  return schema.kind === "object" ? Object.fromEntries(inside.filter(([, child]) => child !== undefined)) : value;
}

function empty(schema: Schema): unknown {
  return schema.kind === "string" ? "" : {};
}

/** The parts of a value the schema knows, with their keys; parts the API server drops are left out. */
function children(value: unknown, schema: Schema): [string | number, unknown, Schema][] {
  if (schema.kind === "list") return (value as unknown[]).map((item, i) => [i, item, schema.of]);
  if (schema.kind === "map") return Object.entries(value as object).map(([key, item]) => [key, item, schema.of]);
  if (schema.kind !== "object") return [];
  const known: [string, unknown, Schema][] = [];
  for (const key of Object.keys(value as object)) {
    const inner = schema.fields.get(key);
    if (inner !== undefined) known.push([key, (value as { [key: string]: unknown })[key], inner]);
  }
  return known;
}

function at(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (path === "metadata.annotations") return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  // A string may be a secret put in the wrong place; a number or a boolean says what is wrong by itself.
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}
