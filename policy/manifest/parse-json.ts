/** JSON text → values, with every 64-bit integer on its side of the limits of int64. A double holds integers exactly up to 2^53 only; above, the low
 *  digits are lost, and 9223372036854775807, which the API server takes, must not become 2^63, which it refuses. */

/** The doubles next to the limits: the largest below 2^63, and the largest below -2^63. */
const largest = 2 ** 63 - 1024;
const below = -(2 ** 63) - 2048;
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** Reads JSON. Throws a SyntaxError for anything else. */
export function parseJson(text: string): unknown {
  return /\d{16}/.test(text) ? JSON.parse(text, withinInt64) : JSON.parse(text);
}

function withinInt64(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d+$/.test(context?.source ?? "")) return value;
  const exact = BigInt(context?.source ?? "0");
  if (exact > int64.most) return value; // which is 2^63 at least
  if (exact < int64.least) return Math.min(value, below);
  return Math.max(Math.min(value, largest), -(2 ** 63));
}
