import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { projectName, projectRoot } from "../../config/project";
import { systems } from "../../systems/registry";
import { type JsonSchema, keySchemas } from "./stack-schema";

/** A declared key must have a default, and an empty one is no policy: what is for the pack alone stays undeclared. */
const undeclared = ["policy", "imageSignatures"];
/** Keys every stack sets, which have no default. */
const required = ["environment", "cluster"];

/** What Pulumi is told of one key. It wants a default for every key that may be absent: an empty one stands for none. */
function declarationOf(key: string, { type, description = "", default: given }: JsonSchema): object {
  const more = key in systems ? " All keys, with defaults, are in docs/reference/config.md." : "";
  const how = key.endsWith("Credentials") ? " Set them with pulumi config set --secret --path." : "";
  const fallback = given ?? (type === "object" ? {} : "");
  return {
    type,
    ...(required.includes(key) ? {} : { default: fallback }),
    description: `${description}${more}${how}`,
  };
}

/** Pulumi.yaml with the keys of the systems' own types; all else stays as it is written. */
export function projectFile(text = readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8")): string {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("config:"));
  if (from < 0) throw new Error("Pulumi.yaml has no config");
  const rest = lines.slice(from + 1);
  const length = rest.findIndex((line) => /^[^\s#]/.test(line));
  const before = lines.slice(0, from).map((line) => `${line}\n`);
  const after = length < 0 ? [] : rest.slice(length);
  const keys = Object.entries(keySchemas()).filter(([key]) => !undeclared.includes(key));
  const config = Object.fromEntries(keys.map(([key, schema]) => [`${projectName}:${key}`, declarationOf(key, schema)]));
  const written = dump({ config }, { lineWidth: -1, quotingType: '"' });
  if (JSON.stringify(load(written)) !== JSON.stringify({ config }))
    throw new Error("Pulumi.yaml would not be read back as it is");
  return `${before.join("")}${written}${after.join("\n")}`;
}
