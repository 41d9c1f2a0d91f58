import { z } from "zod";

/** Stands where an encrypted value of a stack's file is, when the file is checked without opening it: every credential's type takes it. */
export const sealedValue = "encrypted-value-not-opened";

/** Credentials that are encrypted all at once as if each were by itself; others as they are. `keys`: those that are asked for, where it is not all. */
export function eachSealed(given: unknown, type: z.ZodType, keys?: readonly string[]): unknown {
  if (given !== sealedValue) return given;
  const { properties = {} } = z.toJSONSchema(type, { io: "input" });
  return Object.fromEntries((keys ?? Object.keys(properties)).map((key) => [key, sealedValue]));
}
