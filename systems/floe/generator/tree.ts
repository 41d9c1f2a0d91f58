/** Validation of untrusted trees: plain data, no special keys of JavaScript, no control characters, limited depth. Pure. */

/** Values of a chart. */
export type Values = Readonly<Record<string, unknown>>;

/** Maximum nesting; a chart's values have about ten levels. */
export const deepest = 64;
/** Maximum number of errors that are listed for one tree. */
const listed = 20;

/** Keys that reach an object's prototype. */
const ofThePrototype = new Set(["__proto__", "constructor", "prototype"]);
/** Controls but tab and line feed, and halves of surrogate pairs. */
const notText = /[^\n\t\P{Cc}]|\p{Cs}/u;

interface Node {
  readonly value: unknown;
  readonly depth: number;
  readonly key?: string | number;
  readonly above?: Node;
}

/** RFC 6901; "" for the whole document. What a terminal would act on is written as an escape. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** True for an object with keys, as a JSON text has them. */
export function isMap(value: unknown): value is Values {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function pathOf(node: Node): PropertyKey[] {
  const path: PropertyKey[] = [];
  for (let one: Node | undefined = node; one?.key !== undefined; one = one.above) path.push(one.key);
  return path.reverse();
}

/** Why a single node is refused; undefined when it is valid. */
function refusal({ value, depth, key }: Node): string | undefined {
  if (typeof key === "string" && ofThePrototype.has(key)) return "a key that no data has; remove it";
  if (typeof key === "string" && notText.test(key)) return "a key with control characters; remove them";
  if (depth > deepest) return `nested more than ${deepest} levels deep`;
  if (typeof value === "string") return notText.test(value) ? "a text with control characters; remove them" : undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "expected a finite number";
  if (value === null || typeof value === "boolean" || Array.isArray(value) || isMap(value)) return undefined;
  return `expected a text, a number, true, false, null, a list or a map, got ${kindOf(value)}`;
}

/** Type of a value as a word, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  if (typeof value !== "object") return `a ${typeof value}`;
  return isMap(value) ? "a map" : `an instance of ${value.constructor?.name || "a class"}`;
}

/** Errors of a tree: lines that begin with a JSON pointer. Accepts any value of any depth. */
export function treeMistakes(tree: unknown): string[] {
  const mistakes: string[] = [];
  const open: Node[] = [{ value: tree, depth: 0 }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const why = refusal(node);
    if (why !== undefined) mistakes.push(`${shortened(pointer(pathOf(node))) || "/"}: ${why}`);
    if (mistakes.length >= listed) return [...mistakes, "and perhaps more"];
    const { value, depth } = node;
    if (why !== undefined || typeof value !== "object" || value === null) continue;
    const inside: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
      ? value.map((item, index) => [index, item] as const)
      : Object.entries(value);
    for (const [key, item] of inside.toReversed()) open.push({ value: item, depth: depth + 1, key, above: node });
  }
  return mistakes;
}

const shortened = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);

/** The same tree, deeply frozen. */
export function frozen<T>(tree: T): T {
  const open: unknown[] = [tree];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) continue;
    Object.freeze(value);
    for (const item of Object.values(value)) if (typeof item === "object" && item !== null) open.push(item);
  }
  return tree;
}
