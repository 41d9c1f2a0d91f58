/** Which workloads a selector selects, without trying each: by the labels they have. Pure. */

import type { Manifest } from "../contract";
import { entries, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { memoizeByManifests } from "./memoize";
import type { RuleContext } from "./rule";
import { selects, type Truth } from "./selector";
import { namespaceOf, type Workload, workloadsOf } from "./workload";

interface Index {
  readonly all: Map<string, Workload[]>;
  readonly byLabel: Map<string, Workload[]>;
  /** Workloads with a label nobody knows yet: any selector may select them. */
  readonly unknown: Map<string, Workload[]>;
}

const keyOf = (namespace: string, key: string, value: unknown): string => JSON.stringify([namespace, key, value]);

function add(map: Map<string, Workload[]>, key: string, workload: Workload): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [workload]);
  else known.push(workload);
}

const indexOf = memoizeByManifests((objects, context): Index => {
  const index: Index = { all: new Map(), byLabel: new Map(), unknown: new Map() };
  for (const workload of workloadsOf(objects, context)) {
    const labels = entries(workload.labels);
    add(index.all, workload.namespace, workload);
    if (labels.some(([, value]) => value === UNKNOWN)) add(index.unknown, workload.namespace, workload);
    for (const [key, value] of labels)
      if (value !== UNKNOWN) add(index.byLabel, keyOf(workload.namespace, key, value), workload);
  }
  return index;
});

/** Workloads of a namespace that have the rarest label a selector asks for, or may have it: no other one can be selected. */
export function candidates(
  objects: readonly Manifest[],
  context: Pick<RuleContext, "namespace" | "settings">,
  namespace: string,
  matchLabels: unknown,
): readonly Workload[] {
  const { all, byLabel, unknown } = indexOf(objects, context);
  let fewest: readonly Workload[] | undefined;
  for (const [key, value] of entries(matchLabels)) {
    if (value === UNKNOWN) continue;
    const own = byLabel.get(keyOf(namespace, key, value)) ?? [];
    if (fewest === undefined || own.length < fewest.length) fewest = own;
  }
  if (fewest === undefined) return all.get(namespace) ?? [];
  return [...new Set([...fewest, ...(unknown.get(namespace) ?? [])])];
}

/** What selects the workloads, of the objects that `isSelecting`, by their `selectorOf`: for each workload every one that does or may, in the objects' order. */
export function selectorsOf(
  isSelecting: (object: Manifest["object"]) => boolean,
  selectorOf: (object: Manifest["object"]) => unknown,
): (
  objects: readonly Manifest[],
  context: Pick<RuleContext, "namespace" | "settings">,
) => ReadonlyMap<Manifest, readonly { readonly by: Manifest; readonly truth: Truth }[]> {
  return memoizeByManifests((objects, context) => {
    const found = new Map<Manifest, { by: Manifest; truth: Truth }[]>();
    for (const by of objects) {
      if (!isSelecting(by.object)) continue;
      const selector = selectorOf(by.object);
      for (const workload of candidates(objects, context, namespaceOf(by, context), read(selector, "matchLabels"))) {
        const truth = selects(selector, workload.labels);
        if (truth === false) continue;
        const known = found.get(workload.manifest);
        if (known === undefined) found.set(workload.manifest, [{ by, truth }]);
        else known.push({ by, truth });
      }
    }
    return found;
  });
}
