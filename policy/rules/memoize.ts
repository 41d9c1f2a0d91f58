/** Remembers what was worked out of a list of objects: rules ask for the same once for every object, and lists can be long. */
import type { Manifest } from "../contract";
import type { RuleContext } from "./rule";

/** What the answer may hang on beside the objects. */
type Here = Pick<RuleContext, "namespace" | "settings">;

/** A function of a list of objects and their namespace that works each out once, as long as the list lives. Nobody changes a list that was evaluated. */
export function memoizeByManifests<Result>(
  make: (objects: readonly Manifest[], context: Here) => Result,
): (objects: readonly Manifest[], context: Here) => Result {
  const known = new WeakMap<readonly Manifest[], Map<string, Result>>();
  return (objects, context) => {
    let own = known.get(objects);
    if (own === undefined) {
      own = new Map();
      known.set(objects, own);
    }
    const { namespace, settings } = context;
    const key = settings?.podKinds === undefined ? namespace : JSON.stringify([namespace, settings.podKinds]);
    const before = own.get(key);
    if (before !== undefined) return before;
    const result = make(objects, context);
    own.set(key, result);
    return result;
  };
}
