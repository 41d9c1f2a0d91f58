/** Helm's errors quote values ("'hunter2' does not match pattern"), and any value may be a secret: they are taken out before anyone sees them. */
import type { Json, JsonObject } from "../contract";
import { namesCredential } from "../rules/credential";

/** Shortest text worth taking out: shorter ones are parts of ordinary words. A quoted value goes at any length. */
const shortest = 5;

/** A function that replaces every value of `values` found in a text by the path it has in the values.
 *  `known` are words that are no secrets although a value may equal them: names of the release, the chart, its files. */
export function redactor(values: JsonObject, known: readonly string[]): (text: string) => string {
  const places = new Map<string, ValuePath>();
  collect(values, [], places);
  const ordinary = known.join("\n");
  const needles = [...places].toSorted(([a], [b]) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const [value, { path, credential }] of needles) {
      const word = `[value of ${path}]`;
      for (const quote of ["'", '"', "`"]) clean = clean.replaceAll(`${quote}${value}${quote}`, word);
      if (value.length < shortest || (!credential && ordinary.includes(value))) continue;
      for (const form of formsOf(value)) clean = clean.replaceAll(form, word);
    }
    return clean;
  };
}

/** The value as written, as JSON escapes it, and as `b64enc` gives it. */
function formsOf(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), Buffer.from(value).toString("base64")];
}

interface ValuePath {
  readonly path: string;
  readonly credential: boolean;
}

function collect(value: Json, keys: readonly string[], places: Map<string, ValuePath>): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) collect(item, [...keys, key], places);
    return;
  }
  const place = { path: keys.join("."), credential: namesCredential(keys) };
  const whole = String(value);
  for (const line of [whole, ...whole.split("\n")]) {
    const part = line === whole ? line : line.trim();
    if (part !== "" && !places.get(part)?.credential) places.set(part, place);
  }
}
