/** The single values inside a tree, or inside a file's text that is a tree itself (YAML, JSON, `KEY=value` lines, XML elements). */
import { load, YAMLException } from "js-yaml";
import { child } from "./field-path";
import { kubernetesSchema } from "./manifest-schema";
import { UNKNOWN } from "./unknown";

/** One value and the keys that lead to it; indexes of lists are no keys but stand in `path`. */
export interface Leaf {
  readonly keys: readonly string[];
  readonly path: string;
  readonly value: unknown;
}

/** Every leaf of a tree, in order. */
export function* leavesOf(tree: unknown, keys: readonly string[] = [], path = ""): Generator<Leaf> {
  if (tree === UNKNOWN || typeof tree !== "object" || tree === null) {
    yield { keys, path, value: tree };
  } else if (Array.isArray(tree)) {
    for (const [index, item] of tree.entries()) yield* leavesOf(item, keys, child(path, index));
  } else {
    for (const [key, item] of Object.entries(tree)) yield* leavesOf(item, [...keys, key], child(path, key));
  }
}

/** Longest text that is looked into. */
const maxText = 1024 * 1024;

/** Leaves of a file kept as text; none when the text is just a text. */
export function* textLeaves(text: unknown): Generator<Leaf> {
  if (typeof text !== "string" || text.length > maxText || !/[:=<]/.test(text)) return;
  // What has neither a key nor a bracket is no tree: an address, say. Reading it as one takes longer than all the rest.
  const tree = /^[ \t]*[{[]|:(?:\s|$)/m.test(text) ? parsed(text) : undefined;
  if (typeof tree === "object" && tree !== null) {
    yield* leavesOf(tree);
    return;
  }
  for (const [, key = "", value = ""] of text.matchAll(/<([\w.:-]{1,200})>([^<>]+)<\/\1>/g))
    yield { keys: [key], path: key, value };
  for (const [, key = "", written = ""] of text.matchAll(/^[ \t]*(?:export[ \t]+)?([\w.-]{1,200})[ \t]*[=:](.*)$/gm))
    yield { keys: [key], path: key, value: written.trim().replace(/^["']/, "").replace(/["']$/, "") };
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

/** What a command of several words is told: `--flag value`, `--flag=value`, `NAME=value`. */
export function* commandLeaves(text: string): Generator<Leaf> {
  if (text.length > maxText || !/\s/.test(text)) return;
  const value = `("[^"]*"|'[^']*'|[^\\s"';|&<>()]*)`;
  const flags = text.matchAll(new RegExp(`(?:^|\\s)--?([A-Za-z][\\w-]*)(?:=|\\s+(?!-))${value}`, "g"));
  const names = text.matchAll(new RegExp(`(?:^|[\\s;&|(])([A-Za-z_]\\w*)=(?!=)${value}`, "g"));
  for (const [, key = "", written = ""] of [...flags, ...names])
    yield { keys: [key], path: key, value: written.replace(/^(["'])(.*)\1$/s, "$2") };
}
