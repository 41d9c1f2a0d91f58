/** Validation of a chart's values. Pure. */
import { z } from "zod";
import { configIssues } from "../../../policy/config/explain-config";
import { read } from "./chart-keys";
import { kindOf, pointer } from "./tree";

/** One invalid value. */
export interface ValueIssue {
  /** JSON pointer. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}
/** Validates a chart's complete values: its own merged with all layers. */
export type ValuesValidator = (values: unknown) => readonly ValueIssue[];

/** Validation by a zod type. */
export const validatorOf =
  (type: z.ZodType): ValuesValidator =>
  (values) => {
    const { error } = type.safeParse(values);
    if (error === undefined) return [];
    return configIssues(error, type).map(({ path, message }) => ({
      path: pointer(path) || "/",
      ...inWords(message, read(values, path.map(String))),
    }));
  };

function inWords(message: string, value: unknown): Omit<ValueIssue, "path"> {
  const [, hint] = /^unknown key; (.*)$/s.exec(message) ?? [];
  if (hint !== undefined) return { expected: `a key of the chart (${hint})`, got: "an unknown key" };
  return {
    expected: message.replace(/^(?:missing, )?expected /, "").replace(/, received .*$/, ""),
    got: shown(value),
  };
}

/** Validation by a JSON schema, such as a chart's values.schema.json. Throws for an invalid schema. */
export const schemaValidator = (schema: object): ValuesValidator =>
  validatorOf(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodType);

/** A short scalar for messages, which was checked before not to be a credential; of any other value its type. */
function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.length <= 60 ? JSON.stringify(value) : kindOf(value);
}
