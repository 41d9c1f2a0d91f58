import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import { projectName, projectRoot } from "../../config/project";
import { sealedValue } from "../../config/sealed-value";
import { checkStack, type StackConfig } from "../../config/stack-schema";
import { nearest } from "../../policy/config/nearest";
import { UserError } from "../../process/user-error";
import { enabledSystems, systems } from "../../systems/registry";

/** Maximum size of a stack file in bytes; usual ones have a few KiB. */
const largest = 1024 * 1024;

/** Stacks that have a file in the project. */
export const stackNames = (root = projectRoot): string[] =>
  readdirSync(root).flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? []);

/** A stack's file, read but not validated. */
export interface StackFile {
  readonly path: string;
  readonly document: { readonly config?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown };
}

function fileAt(path: string): { readonly size: number; readonly isFile: boolean } {
  const found = statSync(path);
  return { size: found.size, isFile: found.isFile() };
}

/** Key path of a line of block style, by indentation: "config.hardened:companyos.services.orders". Of flow style it is the line's own text. */
function keyPath(text: string, line: number): string {
  const above = text
    .split("\n")
    .slice(0, line + 1)
    .reverse();
  let depth = Number.POSITIVE_INFINITY;
  const keys = above.flatMap((one) => {
    const [, blanks = "", key] =
      /^( *)(?:"([^"]*)"|'([^']*)'|([^\s#'"-].*?)):(?:\s|$)/.exec(one)?.filter((part) => part !== undefined) ?? [];
    if (key === undefined || blanks.length >= depth) return [];
    depth = blanks.length;
    return [key];
  });
  return keys.length > 0 ? keys.reverse().join(".") : "a key";
}

/** Reads `Pulumi.<stack>.yaml`. Throws a UserError for a missing, oversized or broken file. */
export function readStackFile(stack: string, root = projectRoot): StackFile {
  const name = `Pulumi.${stack}.yaml`;
  const path = join(root, name);
  if (!existsSync(path)) {
    const known = stackNames(root);
    const meant = nearest(stack, known);
    throw new UserError(
      `no stack "${stack}": there is no ${name}; ${meant ? `did you mean "${meant}"?` : `stacks: ${known.join(", ")}`}`,
    );
  }
  const { size, isFile } = fileAt(path);
  if (!isFile) throw new UserError(`${name} is not a file`);
  if (size > largest) throw new UserError(`${name} has ${size} bytes; a stack file of more than ${largest} is refused`);
  let document: unknown;
  // The core schema: a date stays the text it is.
  try {
    document = load(readFileSync(path, "utf8"), { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    const place = `${name}:${line + 1}:${column + 1}`;
    if (error.reason === "duplicated mapping key")
      throw new UserError(
        `${place}: ${keyPath(readFileSync(path, "utf8"), line)} is there twice; rename one of them, or put both into one`,
      );
    throw new UserError(`${place}: not valid YAML: ${error.reason}`);
  }
  if (document === null || document === undefined)
    throw new UserError(`${name} is empty; it needs a "config:" map (see Pulumi.dev.yaml)`);
  if (typeof document !== "object" || Array.isArray(document))
    throw new UserError(`${name}: expected a map with the key "config"`);
  const { config } = document as { config?: unknown };
  if (config !== undefined && config !== null && (typeof config !== "object" || Array.isArray(config))) {
    throw new UserError(`${name}: "config" must be a map of keys such as ${projectName}:environment`);
  }
  return { path, document: document as StackFile["document"] };
}

/** Marks an encrypted value, which only Pulumi can open: `{secure: …}` on itself. */
const isSecure = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 1 && "secure" in value;

/** Replaces encrypted values by placeholders, so that their presence can be validated without decryption. */
function opened(value: unknown): unknown {
  if (isSecure(value)) return sealedValue;
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
  }
  return value;
}

/** Paths of leaves that are not encrypted. */
function plainLeaves(value: unknown, path: string): string[] {
  if (isSecure(value)) return [];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => plainLeaves(inner, `${path}.${key}`));
  }
  return [path];
}

/**
 * Reads and validates a stack's file before any engine starts. Throws one UserError with every error in it; a credential
 * that is not encrypted is one of them, and its value is never shown.
 */
export function checkStackFile(stack: string, root = projectRoot): StackConfig {
  const { document } = readStackFile(stack, root);
  const raw: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [key, value] of Object.entries(document.config ?? {})) {
    if (!key.startsWith(`${projectName}:`)) continue;
    const name = key.slice(projectName.length + 1);
    raw[name] = opened(value);
    if (!name.endsWith("Credentials") || value === null) continue;
    for (const leaf of plainLeaves(value, key)) {
      mistakes.push(`${leaf}: a credential in clear text; set it with: pulumi config set --secret --path '${leaf}'`);
    }
  }
  const checked = checkStack(stack, raw, systems, projectName);
  if ("mistakes" in checked) mistakes.push(...checked.mistakes);
  if (mistakes.length > 0 || !("config" in checked)) {
    const count = mistakes.length === 1 ? "1 error" : `${mistakes.length} errors`;
    throw new UserError(
      `Pulumi.${stack}.yaml: ${count} in the configuration:\n${mistakes.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return checked.config;
}

/** Names of the systems that a stack deploys. Throws the errors of checkStackFile. */
export const enabledSystemNames = (stack: string): string[] =>
  enabledSystems(checkStackFile(stack)).map(({ system }) => system.name);
