/** Makes sure a parsed value is a tree of JSON of a bearable size: YAML aliases can make a few lines stand for billions of nodes, or for themselves. */
import type { Json } from "../contract";

const maxNodes = 1_000_000;

/** Returns `value` unchanged when it is plain JSON. Throws a TypeError when it contains itself or unfolds to more than a million nodes. */
export function plainJson(value: unknown): Json {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const sizeOf = (node: unknown): number => {
    if (typeof node !== "object" || node === null) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) throw new TypeError("an alias points at a value it is part of");
    open.add(node);
    let size = 1;
    for (const item of Object.values(node)) size += sizeOf(item);
    open.delete(node);
    if (size > maxNodes) throw new TypeError(`aliases make the document larger than ${maxNodes} values`);
    sizes.set(node, size);
    return size;
  };
  sizeOf(value);
  return value as Json;
}
