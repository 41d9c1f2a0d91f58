/** A duplicate key in one object of a JSON text, or undefined. JSON.parse silently keeps the last value, while the API server's decoder merges
 *  the objects (encoding/json): the evaluated pod could differ from the one that is created.
 *  @param text valid JSON
 *  @param parsed what JSON.parse made of it */
export function duplicateKey(text: string, parsed: unknown): string | undefined {
  // Each key is followed by a quote and a colon: with no more of such pairs than keys, there is no duplicate. Only a text with more pairs is parsed.
  return pairsIn(text) === keysOf(parsed) ? undefined : search(text);
}

function pairsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    let before = at - 1;
    while (isSpace(text.charCodeAt(before))) before -= 1;
    if (text[before] === '"') count += 1;
  }
  return count;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

function keysOf(parsed: unknown): number {
  let count = 0;
  const waiting = [parsed]; // iterative: a line may be nested as deeply as it is long
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    const inside = Object.values(value);
    if (!Array.isArray(value)) count += inside.length;
    for (const one of inside) if (typeof one === "object" && one !== null) waiting.push(one);
  }
  return count;
}

function search(text: string): string | undefined {
  const open: (Set<string> | null)[] = []; // null for a list
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at++) if (text[at] === "\\") at += 1;
      let after = at + 1;
      while (isSpace(text.charCodeAt(after))) after += 1;
      if (text[after] !== ":") continue;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
