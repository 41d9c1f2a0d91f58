/** Remembers what was worked out of a list of objects: rules ask for the same once for every object, and lists can be long. */
import type { Manifest } from "../contract";
import type { RuleContext } from "./rule";

/** A function of a list of objects and their namespace that works each out once, as long as the list lives. Nobody changes a list that was judged. */
export function oncePer<Result>(
  make: (objects: readonly Manifest[], context: Pick<RuleContext, "namespace">) => Result,
): (objects: readonly Manifest[], context: Pick<RuleContext, "namespace">) => Result {
  const known = new WeakMap<readonly Manifest[], Map<string, Result>>();
  return (objects, context) => {
    const own = known.get(objects) ?? new Map<string, Result>();
    known.set(objects, own);
    const before = own.get(context.namespace);
    if (before !== undefined) return before;
    const result = make(objects, context);
    own.set(context.namespace, result);
    return result;
  };
}
