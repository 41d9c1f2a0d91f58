/** Bounds of evaluating: what a chart can render must not hold up a run for ever, nor fill its memory. Beyond them it could not be evaluated, which stops it. */
import { createContext, Script } from "node:vm";
import type { Manifest } from "../contract";
import { RenderError } from "../render/render-error";

/** Values in one object: the largest definitions in use have some ten thousand, and the API server takes no object above 3 MiB. */
const mostInObject = 250_000;
/** Values in all objects of a release. */
const mostInAll = 1_000_000;
/** Milliseconds for all rules about one set of objects; a large release takes one tenth of a second. */
export const timeLimit = 15_000;

/** Throws a RenderError when the objects are more than can be evaluated. */
export function checkSize(manifests: readonly Manifest[]): void {
  let all = 0;
  for (const { object } of manifests) {
    const size = valuesIn(object, Math.min(mostInObject, mostInAll - all));
    all += size;
    if (size > mostInObject) throw tooLarge(`an object of more than ${mostInObject} values`);
    if (all > mostInAll) throw tooLarge(`objects of more than ${mostInAll} values`);
  }
}

const tooLarge = (what: string): RenderError =>
  new RenderError({ kind: "bounds", message: `${what} is not evaluated` });

/** How many values a tree has; anything above `most` once it is clear that it has more. */
function valuesIn(tree: unknown, most: number): number {
  const open: unknown[] = [tree];
  let count = 0;
  while (open.length > 0 && count <= most) {
    const value = open.pop();
    count += 1;
    if (typeof value !== "object" || value === null) continue;
    for (const item of Array.isArray(value) ? value : Object.values(value)) open.push(item);
    if (open.length > most) return open.length;
  }
  return count;
}

// JavaScript cannot interrupt itself, but V8 can be told to: a script of node:vm that runs too long is ended wherever it is, in a pattern too.
const sandbox: { task?: () => unknown } = createContext({});
const script = new Script("task()");

/** The result of a synchronous task. Throws a RenderError when it takes longer than `limit` milliseconds; the task ends there. */
export function withinTime<T>(task: () => T, limit = timeLimit): T {
  // A task in a task has the time of the outer one.
  if (sandbox.task !== undefined) return task();
  let result: T | undefined;
  sandbox.task = () => {
    result = task();
  };
  try {
    script.runInContext(sandbox, { timeout: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new RenderError({ kind: "bounds", message: `evaluating took longer than ${limit / 1000} s and was stopped` });
  } finally {
    sandbox.task = undefined;
  }
  return result as T;
}
