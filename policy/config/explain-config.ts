import type { z } from "zod";
import { nearest } from "./nearest";

type Schema = z.ZodType;

/** Takes off what wraps an object schema: defaults, optionals, refinements. */
function unwrap(schema: Schema | undefined): Schema | undefined {
  let inner = schema as (Schema & { def?: { innerType?: Schema; in?: Schema } }) | undefined;
  while (inner?.def?.innerType || inner?.def?.in) inner = (inner.def.innerType ?? inner.def.in) as typeof inner;
  return inner;
}

/** The keys the schema knows at a path, over all branches of unions; empty when there is no object there. */
function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  let candidates: (Schema | undefined)[] = [unwrap(schema)];
  const branches = (one: Schema | undefined): (Schema | undefined)[] => {
    const options = (one as { def?: { options?: Schema[] } } | undefined)?.def?.options;
    return options ? options.map(unwrap) : [one];
  };
  for (const part of path) {
    candidates = candidates.flatMap(branches).map((one) => {
      const def = (
        one as { def?: { shape?: Record<string, Schema>; element?: Schema; valueType?: Schema } } | undefined
      )?.def;
      return unwrap(typeof part === "number" ? def?.element : (def?.shape?.[String(part)] ?? def?.valueType));
    });
  }
  return candidates.flatMap(branches).flatMap((one) => {
    const shape = (one as { def?: { shape?: Record<string, Schema> } } | undefined)?.def?.shape;
    return shape ? Object.keys(shape) : [];
  });
}

const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");

/** The most telling issues of a union that matched nothing: those of the branch that came nearest. */
function flatten(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
    const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    if (depth(deepest) === 0) return [issue];
    return flatten(deepest).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}
const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));

/** What is wrong at one place of a value. Values are never quoted: they may be secret. */
export interface ConfigIssue {
  readonly path: readonly PropertyKey[];
  /** What was expected, and for an unknown key the nearest known one. */
  readonly message: string;
}

/** A validation error as one issue for each place, with a readable message. */
export function configIssues(error: z.ZodError, schema: Schema): ConfigIssue[] {
  return flatten(error.issues).flatMap((issue): ConfigIssue[] => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: inWords(issue.message) }];
    const known = [...new Set(keysAt(schema, issue.path))];
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant ? `did you mean "${meant}"?` : `known keys: ${known.join(", ") || "none"}`;
      return { path: [...issue.path, key], message: `unknown key; ${hint}` };
    });
  });
}

/**
 * A validation error as lines of text: path, error, expected value.
 * @param at where the value was written, e.g. "hardened:<system>"
 */
export const explainConfig = (error: z.ZodError, schema: Schema, at: string): string[] =>
  configIssues(error, schema).map(({ path, message }) => `${join(at, path)}: ${message}`);

/** Zod's message without parts that mean nothing to the author of the file. */
const inWords = (message: string): string =>
  message
    .replace(/^(?:Invalid input|Invalid option|Invalid key|Too small|Too big): /, "")
    .replace(/^expected (.+), received undefined$/, "missing, expected $1");

const join = (at: string, path: readonly PropertyKey[]): string => {
  const rest = dotted(path);
  return rest === "" ? at : rest.startsWith("[") ? `${at}${rest}` : `${at}.${rest}`;
};
