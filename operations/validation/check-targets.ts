import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { overlay } from "../../policy/manifest/overlay";
import { readValuesFiles } from "../../policy/render/read-files";
import { textOrReason } from "../../process/read-text";
import { UserError } from "../../process/user-error";
import { standardInput } from "./files";
import { readState, type State, StateError } from "./state-resources";

/** Targets of `hardened check`, by type. */
export type Target =
  | { readonly kind: "stack"; readonly name: string }
  | { readonly kind: "chart"; readonly folder: string }
  | { readonly kind: "state"; readonly file: string; readonly state: State }
  | { readonly kind: "manifests"; readonly file: string; readonly text: string }
  | { readonly kind: "unreadable"; readonly file: string; readonly reason: string };

const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

/** Determines the type of each argument. Throws one UserError that names every argument of none of the five types. */
export async function targetsOf(args: readonly string[], root: string): Promise<Target[]> {
  const mistakes: string[] = [];
  const targets: Target[] = [];
  for (const arg of args.length > 0 ? args : ["dev"]) {
    const path = resolve(arg);
    if (arg === "-") targets.push(fromText("standard input", await standardInput()));
    else if (arg !== "" && existsSync(path)) targets.push(...fromPath(arg, path, mistakes));
    else if (arg !== "" && existsSync(join(root, `Pulumi.${arg}.yaml`))) targets.push({ kind: "stack", name: arg });
    else mistakes.push(await nothingKnown(arg, root));
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  return targets;
}

async function nothingKnown(arg: string, root: string): Promise<string> {
  if (/[*?[]/.test(arg))
    return `${arg} names no file; patterns are the shell's: leave the quotes away, or name the folder`;
  const { stackNames } = await import("../stack/stack-file");
  const { nearest } = await import("../../policy/config/nearest");
  const meant = nearest(arg, stackNames(root));
  const hint = meant === undefined ? "see --help" : `did you mean "${meant}"?`;
  return `${arg === "" ? '""' : arg} is no stack (there is no Pulumi.${arg}.yaml), no chart folder and no file; ${hint}`;
}

function fromPath(arg: string, path: string, mistakes: string[]): Target[] {
  if (!statSync(path).isDirectory()) return [fromFile(arg, path)];
  if (existsSync(join(path, "Chart.yaml"))) return [{ kind: "chart", folder: path }];
  const files = manifestsBelow(path);
  if (files.length === 0) mistakes.push(`${arg} has neither a Chart.yaml nor manifests (.yaml, .yml, .json)`);
  return files.map((file) => fromFile(join(arg, file), join(path, file)));
}

/** Paths of the manifests below a folder. A folder may have such a name too: what is in it counts, as for kubectl. */
function manifestsBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && isManifest(entry.name));
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).sort();
}

function fromFile(file: string, path: string): Target {
  const read = textOrReason(path);
  return "reason" in read ? { kind: "unreadable", file, reason: read.reason } : fromText(file, read.text);
}

function fromText(file: string, text: string): Target {
  try {
    const state = readState(text);
    return state ? { kind: "state", file, state } : { kind: "manifests", file, text };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { kind: "unreadable", file, reason: error.message };
  }
}

/** Values files merged in their order, read as Helm reads them. Throws one UserError that names every invalid file, with the line. */
export async function readValues(files: readonly string[]): Promise<JsonObject> {
  const found = files.map((file) => ({ file, ...textOrReason(file) }));
  const texts = found.flatMap((one) => ("text" in one ? [one.text] : []));
  const read = texts.length === 0 ? [] : [...(await readValuesFiles(texts))];
  const mistakes: string[] = [];
  const trees: JsonObject[] = [];
  for (const one of found) {
    if ("reason" in one) mistakes.push(`values file ${one.file} cannot be read: ${one.reason}`);
    else {
      const { tree, problem, problemLine } = read.shift() ?? {};
      const place = `${one.file}${problemLine === undefined ? "" : `:${problemLine}`}`;
      if (problem !== undefined) mistakes.push(`${place}: ${problem}`);
      trees.push(tree ?? {});
    }
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  return trees.reduce(overlay, {});
}

/** Release name of a chart that is only evaluated: the name of its folder, shortened to what Helm accepts. */
export const releaseNameOf = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 53) || "chart";
