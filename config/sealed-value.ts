import { z } from "zod";

/** Placeholder for an encrypted value of a stack's file, when the file is validated without decryption: every credential's type accepts it. */
export const sealedValue = "encrypted-value-not-opened";

/** Expands credentials that are encrypted as one value into one placeholder per key; others are unchanged. `keys`: the required ones, where it is not all. */
export function eachSealed(given: unknown, type: z.ZodType, keys?: readonly string[]): unknown {
  if (given !== sealedValue) return given;
  const { properties = {} } = z.toJSONSchema(type, { io: "input" });
  return Object.fromEntries((keys ?? Object.keys(properties)).map((key) => [key, sealedValue]));
}
