/** What a remedy is: the one change that fixes an object without taking anything away from it. Remedies are data for whoever applies them, and pure. */

import type { Json, JsonObject } from "../contract";
import { list } from "../manifest/read";
import { declaredContainerTypes } from "../pods/container-types";
import { podTemplatesOf } from "../pods/pod-spec";

/** A value to be set at a path where none is; what is missing on the way is made. */
export interface Edit {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

export interface Remedy {
  /** What it changes, for people: goes on after "sets" or "adds". */
  readonly does: string;
  /** Changes for an object that breaks the rule; none where no change is safe, and none to what is exempt from it. */
  edits(object: JsonObject, isExempt?: IsExempt): readonly Edit[];
}

/** Whether anything in the container or pod at a place is exempt from the rule. */
export type IsExempt = (at: readonly (string | number)[]) => boolean;

export const nothingExempt: IsExempt = () => false;

/** A pod spec in an object, and the keys that lead to it. */
export interface PodPlace {
  readonly at: readonly (string | number)[];
  readonly spec: unknown;
}

/** Pod specs of an object, but for those inside lists and maps of custom kinds. */
export function podPlaces(object: JsonObject): PodPlace[] {
  return podTemplatesOf(object)
    .filter(({ path }) => /^[\w.]*$/.test(path))
    .map(({ path, template: { spec } }) => ({ at: [...(path === "" ? [] : path.split(".")), "spec"], spec }));
}

/** Containers of a pod with the keys that lead to them. Ephemeral ones are added to running pods only. */
export function containerPlaces({ at, spec }: PodPlace): { at: readonly (string | number)[]; node: unknown }[] {
  return declaredContainerTypes.flatMap((type) =>
    list(spec, type).map((node, index) => ({ at: [...at, type, index], node })),
  );
}

/** Makes the changes in a tree. Only what is missing is set: a value that stands there, known or not, is left alone. */
export function applyEdits(tree: object, edits: readonly Edit[]): void {
  for (const { path, value } of edits) {
    let at = tree as Record<string | number, unknown>;
    for (const [index, key] of path.slice(0, -1).entries()) {
      at[key] ??= typeof path[index + 1] === "number" ? [] : {};
      at = at[key] as Record<string | number, unknown>;
    }
    at[path.at(-1) as string | number] ??= value;
  }
}
