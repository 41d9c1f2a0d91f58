import { projectName } from "../../config/project";
import { type JsonSchema, keySchemas, requiredKeys } from "./stack-schema";
import { markdownTable, pageHead } from "./table";

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** A value as code: text as it is, anything else as JSON. */
export const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** A type in words: the values allowed, a range, a pattern. */
function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(", or ");
  if (schema.oneOf) return "one of the following";
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return `whole number, ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "array") return "list";
  if (schema.type === "object") return "map";
  if (schema.format === "uri") return "address, http or https";
  if (schema.format === "uuid") return "UUID";
  if (schema.format === "date") return "date, such as `2027-01-31`";
  if (schema.type === "number") return "number above 0";
  if (schema.pattern && schema.pattern !== "\\S") return `text like ${code(schema.pattern)}`;
  return schema.pattern || schema.minLength ? "text, not empty" : "text";
}

const isSection = (schema: JsonSchema): boolean => schema.properties !== undefined;

/** What holds when the key is not given. */
function fallbackOf(schema: JsonSchema, given: unknown, required: boolean): string {
  const value = given ?? schema.default;
  if (value === "") return "empty";
  if (value !== undefined && typeof value !== "object") return code(value);
  if (Array.isArray(value)) return code(value);
  return required ? "**required**" : "none";
}

/** Rows of everything below a key, itself first. */
export function rowsOf(key: string, schema: JsonSchema, given: unknown, required: boolean, only = ""): Row[] {
  const value = given ?? schema.default;
  const meaning = [schema.description ?? "", only].filter((text) => text !== "").join(" ");
  const own: Row = {
    key,
    type: typeOf(schema),
    fallback: isSection(schema) && !required ? "" : fallbackOf(schema, given, required),
    meaning,
  };
  return [...(isSection(schema) && meaning === "" ? [] : [own]), ...below(key, schema, value, only)];
}

function below(key: string, schema: JsonSchema, value: unknown, only: string): Row[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const given = (value as Record<string, unknown> | undefined)?.[name];
    const required = given === undefined && (schema.required ?? []).includes(name);
    return rowsOf(`${key}.${name}`, one, given, required, only);
  });
  const forms = schema.items ? (schema.items.anyOf ?? [schema.items]) : [];
  const items = forms.flatMap((one) => below(`${key}[]`, one, undefined, ""));
  const entries =
    typeof schema.additionalProperties === "object"
      ? below(`${key}.<name>`, schema.additionalProperties as JsonSchema, undefined, "")
      : [];
  const either = (schema.anyOf ?? []).flatMap((one) => below(key, one, undefined, only));
  return [...inner, ...items, ...entries, ...either, ...(schema.oneOf ?? []).flatMap((one) => choice(key, one, value))];
}

/** One of several forms, told apart by a key whose value is fixed. */
function choice(key: string, schema: JsonSchema, value: unknown): Row[] {
  const properties = Object.entries(schema.properties ?? {});
  const [name, mark] = properties.find(([, one]) => one.const !== undefined) ?? ["", {}];
  const isDefault = (value as Record<string, unknown> | undefined)?.[name] === mark.const;
  const head: Row = {
    key: `${key}.${name}`,
    type: code(mark.const),
    fallback: isDefault ? "the default" : "",
    meaning: schema.description ?? "",
  };
  const rest = properties.filter(([other]) => other !== name);
  return [
    head,
    ...rest.flatMap(([other, one]) =>
      rowsOf(
        `${key}.${other}`,
        one,
        undefined,
        (schema.required ?? []).includes(other),
        `Only with ${name}: ${mark.const}.`,
      ),
    ),
  ];
}

/** Every key a stack's configuration may have, one row each. */
export const configRows = (): Row[] =>
  Object.entries(keySchemas()).flatMap(([key, schema]) =>
    rowsOf(`${projectName}:${key}`, schema, undefined, requiredKeys.includes(key)),
  );

/** docs/reference/config.md: one table for each key of a stack's file. */
export function configPage(): string {
  const parts = Object.keys(keySchemas()).map((key) => {
    const name = `${projectName}:${key}`;
    const rows = configRows().filter((row) => row.key === name || row.key.startsWith(`${name}.`));
    const cells = rows.map((row) => [code(row.key), row.type, row.fallback, row.meaning.replaceAll(/[*<>]/g, "\\$&")]);
    return `## ${name}\n\n${markdownTable(["key", "type", "default", "meaning"], cells)}\n`;
  });
  return [
    pageHead("Configuration of a stack"),
    `Keys of \`Pulumi.<stack>.yaml\`, below \`config:\`. A mistake in them is named before anything changes: the key, what is expected,
and the nearest valid key. Editors with a YAML language server complete them, by the schema in [stack.schema.json](stack.schema.json).

Encrypted values are set with \`pulumi config set --secret --path\`, see [set credentials](../how-to/set-credentials.md).
`,
    ...parts,
  ].join("\n");
}
