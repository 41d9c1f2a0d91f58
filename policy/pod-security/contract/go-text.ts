/** Text as Go writes it, so that verdicts read byte for byte like the API server's. Pure. */
import { isAfterUnicode15 } from "./unicode-after-15";

/** Go's order of strings: by bytes of UTF-8, which is by code point, where JavaScript compares UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // A surrogate starts a code point above every single unit, U+E000 to U+FFFF included.
      const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
      return isHigh(x) === isHigh(y) ? x - y : isHigh(x) ? 1 : -1;
    }
  }
  return a.length - b.length;
}

/** The text with half surrogates replaced, as Go's JSON decoder does. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** Distinct values in Go's order. */
export function distinct(values: readonly string[]): string[] {
  const [first] = values;
  if (first === undefined) return [];
  if (values.every((value) => value === first)) return [wellFormed(first)]; // most often, and a set is dear
  const set = new Set<string>();
  for (const value of values) set.add(wellFormed(value));
  return [...set].sort(compareBytes);
}

/** `"a", "b"`: the items between plain quotes, nothing escaped, in the order given. */
export function quoted(items: readonly string[]): string {
  let text = "";
  for (const item of items) text += text === "" ? `"${item}"` : `, "${item}"`;
  return wellFormed(text);
}

/** The form of a word that fits a count. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

const named: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** Letters, marks, numbers, punctuation, symbols and the plain space: what Go prints as it is. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Text in which nothing is escaped: printable ASCII without quotes and backslashes. */
const plain = /^[ !#-[\]-~]*$/;

/** The value as Go's `%q` prints it. */
export function goQuote(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  let out = '"';
  for (const character of wellFormed(value))
    out += named[character] ?? (isPrintable(character) ? character : escaped(character));
  return `${out}"`;
}

function isPrintable(character: string): boolean {
  return printable.test(character) && !isAfterUnicode15(character.codePointAt(0) ?? 0);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
