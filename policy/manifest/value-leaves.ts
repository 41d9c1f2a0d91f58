/** The single values inside a tree, or inside a file's text that is a tree itself (YAML, JSON). */
import { load, YAMLException } from "js-yaml";
import { child } from "./field-path";
import type { Leaf } from "./leaf";
import { lineLeaves } from "./line-leaves";
import { kubernetesSchema } from "./manifest-schema";
import { UNKNOWN } from "./unknown";

/** Every leaf of a tree, in order. The value of an entry `{name: TOKEN, value: x}`, as lists of variables and parameters have, goes by its name. */
export function* leavesOf(tree: unknown): Generator<Leaf> {
  const open: Leaf[] = [{ keys: [], path: "", value: tree }];
  for (let leaf = open.pop(); leaf !== undefined; leaf = open.pop()) {
    const { keys, path, value } = leaf;
    if (value === UNKNOWN || typeof value !== "object" || value === null) yield leaf;
    else if (Array.isArray(value))
      for (let index = value.length - 1; index >= 0; index -= 1)
        open.push({ keys, path: child(path, index), value: value[index] });
    else {
      const entry = nameOf(value);
      for (const [key, item] of Object.entries(value).reverse())
        open.push({
          keys: [...keys, key === "value" && entry !== undefined ? entry : key],
          path: child(path, key),
          value: item,
        });
    }
  }
}

/** The name of an entry that has a name and a value. */
function nameOf(entry: object): string | undefined {
  if (!Object.hasOwn(entry, "value")) return undefined;
  const { name, key } = entry as { readonly name?: unknown; readonly key?: unknown };
  return typeof name === "string" ? name : typeof key === "string" ? key : undefined;
}

/** Longest text that is read as a tree. A longer one, which no ConfigMap can hold, is read line by line. */
const longestTree = 1024 * 1024;

/** Leaves of a file kept as text; none when the text is just a text. */
export function* textLeaves(text: unknown): Generator<Leaf> {
  if (typeof text !== "string" || !/[:=<\s]/.test(text)) return;
  // What has neither a key nor a bracket is no tree: an address, say. Reading it as one takes longer than all the rest.
  const couldBe = text.length <= longestTree && /^[ \t]*[{[]|:(?:\s|$)/m.test(text);
  const tree = couldBe ? parsed(text) : undefined;
  yield* typeof tree === "object" && tree !== null ? leavesOf(tree) : lineLeaves(text);
}

function parsed(text: string): unknown {
  if (text.includes("&") && text.includes("*")) return undefined; // aliases can unfold without end: read as lines
  try {
    return load(text, { schema: kubernetesSchema });
  } catch (error) {
    if (error instanceof YAMLException || error instanceof RangeError) return undefined;
    throw error;
  }
}
