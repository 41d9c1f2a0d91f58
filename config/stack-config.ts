import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { checkStack, type StackConfig, type SystemSchema, stackShape } from "./stack-schema";

/** A configuration value with its YAML type: Pulumi passes every value as text, objects and booleans as JSON. */
function decode(text: string): unknown {
  if (!/^(\{|\[|true$|false$|null$|-?\d+(\.\d+)?$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads and checks the whole configuration of the running stack: the only reader of Pulumi's configuration.
 * Throws one error that lists every mistake, with its key path and the nearest valid key; it contains no values.
 */
export function readStackConfig(systems: Readonly<Record<string, SystemSchema>>): StackConfig {
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const shape = stackShape(systems);
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    // Pulumi.yaml gives every key a default; an empty object stands for credentials that were not set.
    if (name.endsWith("Credentials") && value === "{}") continue;
    raw[name] = isText(shape[name]) ? value : decode(value);
  }
  const open = Object.keys(raw).filter((name) => name.endsWith("Credentials") && !isSecret(prefix + name));
  if (open.length > 0) {
    throw new pulumi.RunError(
      `Pulumi.${pulumi.getStack()}.yaml: ${prefix}${open.join(`, ${prefix}`)}: credentials in clear text; set them with pulumi config set --secret --path`,
    );
  }
  const checked = checkStack(pulumi.getStack(), raw, systems, project);
  if ("config" in checked) return checked.config;
  const lines = checked.mistakes.map((mistake) => `  ${mistake}`);
  throw new pulumi.RunError(
    `Pulumi.${pulumi.getStack()}.yaml: ${lines.length === 1 ? "1 error" : `${lines.length} errors`} in the configuration:\n${lines.join("\n")}`,
  );
}

/** Whether a key's value is text even when it looks like a number: "1.40" must not become 1.4. */
function isText(type: z.ZodType | undefined): boolean {
  let inner: unknown = type;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner instanceof z.ZodString || inner instanceof z.ZodEnum;
}

/** Whether a key is encrypted in the stack's file. Pulumi's SDK has the function, but not in its types; without it every key counts as encrypted. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}
