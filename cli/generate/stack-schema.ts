import { z } from "zod";
import { projectName } from "../../config/project";
import { stackShape } from "../../config/stack-schema";
import { systems } from "../../systems/registry";

/** A node of a JSON schema, as far as this project writes them. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The schema of each key of a stack's configuration, without the project's name, from the types the program checks with. */
export function keySchemas(): Readonly<Record<string, JsonSchema>> {
  const all = z.toJSONSchema(z.strictObject(stackShape(systems)), { target: "draft-7", io: "input" });
  return (all as JsonSchema).properties ?? {};
}

/** Keys a stack must set; a system that is not mentioned runs with its defaults. */
export const requiredKeys: readonly string[] = Object.entries(stackShape(systems))
  .filter(([key, type]) => !(key in systems) && !type.safeParse(undefined).success)
  .map(([key]) => key);

const secure: JsonSchema = {
  type: "object",
  description: "Encrypted by pulumi config set --secret --path.",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/** Credentials in a stack's file are encrypted, one by one or as one value; clear text is an error. */
const encrypted = (schema: JsonSchema): JsonSchema => ({
  ...(schema.description ? { description: schema.description } : {}),
  anyOf: [
    {
      ...schema,
      properties: Object.fromEntries(Object.keys(schema.properties ?? {}).map((key) => [key, secure])),
      required: [],
    },
    secure,
  ],
});

/** JSON schema of the `Pulumi.<stack>.yaml` files, for editors. */
export function stackSchema(): string {
  const entries = Object.entries(keySchemas()).map(([key, schema]) => [
    `${projectName}:${key}`,
    key.endsWith("Credentials") ? encrypted(schema) : schema,
  ]);
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of a stack",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(entries),
        // Other providers' keys are theirs; of this project's only the known ones are keys.
        patternProperties: { [`^(?!${projectName}:)[^:]+:.+`]: {} },
        additionalProperties: false,
        required: requiredKeys.map((key) => `${projectName}:${key}`),
      },
      encryptionsalt: { type: "string", description: "Written by Pulumi." },
      encryptedkey: { type: "string", description: "Written by Pulumi." },
      secretsprovider: { type: "string", description: "Secrets provider of the stack; default: a passphrase." },
      environment: { description: "Environments of Pulumi ESC." },
    },
    required: ["config"],
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
