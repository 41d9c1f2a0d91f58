import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { load, YAMLException } from "js-yaml";
import { UserError } from "../../local/user-error";
import type { JsonObject } from "../../policy/contract";
import { kubernetesSchema } from "../../policy/manifest/manifest-schema";
import { plainJson } from "../../policy/manifest/plain-json";
import { readText, standardInput, textOrReason } from "./files";
import { readState, type State, StateError } from "./state-resources";

/** What a person asked to judge, told apart. */
export type Target =
  | { readonly kind: "stack"; readonly name: string }
  | { readonly kind: "chart"; readonly folder: string }
  | { readonly kind: "state"; readonly file: string; readonly state: State }
  | { readonly kind: "manifests"; readonly file: string; readonly text: string }
  | { readonly kind: "unreadable"; readonly file: string; readonly reason: string };

const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

/** Tells what each argument is. Throws one UserError that names every argument that is none of the five. */
export async function targetsOf(args: readonly string[], root: string): Promise<Target[]> {
  const mistakes: string[] = [];
  const targets: Target[] = [];
  for (const arg of args.length > 0 ? args : ["dev"]) {
    const path = resolve(arg);
    if (arg === "-") targets.push(fromText("standard input", await standardInput()));
    else if (arg !== "" && existsSync(path)) targets.push(...fromPath(arg, path, mistakes));
    else if (arg !== "" && existsSync(join(root, `Pulumi.${arg}.yaml`))) targets.push({ kind: "stack", name: arg });
    else mistakes.push(nothingKnown(arg, root));
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  return targets;
}

function nothingKnown(arg: string, root: string): string {
  if (/[*?[]/.test(arg))
    return `${arg} names no file; patterns are the shell's: leave the quotes away, or name the folder`;
  const { stackNames } = require("../stack/stack-file") as typeof import("../stack/stack-file");
  const { nearest } = require("../../policy/settings/nearest") as typeof import("../../policy/settings/nearest");
  const meant = nearest(arg, stackNames(root));
  const hint = meant === undefined ? "see --help" : `did you mean "${meant}"?`;
  return `${arg === "" ? '""' : arg} is no stack (there is no Pulumi.${arg}.yaml), no chart folder and no file; ${hint}`;
}

function fromPath(arg: string, path: string, mistakes: string[]): Target[] {
  if (!statSync(path).isDirectory()) return [fromFile(arg, path)];
  if (existsSync(join(path, "Chart.yaml"))) return [{ kind: "chart", folder: path }];
  const files = readdirSync(path, { recursive: true, encoding: "utf8" }).filter(isManifest).sort();
  if (files.length === 0) mistakes.push(`${arg} has neither a Chart.yaml nor manifests (.yaml, .yml, .json)`);
  return files.map((file) => fromFile(join(arg, file), join(path, file)));
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

const isMap = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Helm's way of laying one values file over another: maps merge, lists and the rest replace, null removes. */
function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    if (isMap(value) && isMap(under)) merged[key] = overlay(under, value);
    else merged[key] = value;
  }
  return merged;
}

/** Values files in their order, the last one on top. Throws one UserError that names every file that is none, with the line. */
export function readValues(files: readonly string[]): JsonObject {
  const mistakes: string[] = [];
  const values = files.reduce<JsonObject>((below, file) => {
    try {
      return overlay(below, valuesIn(file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error.message);
      return below;
    }
  }, {});
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  return values;
}

function valuesIn(file: string): JsonObject {
  const text = readText(file, `values file ${file}`);
  let document: unknown;
  try {
    document = load(text, { schema: kubernetesSchema }) ?? {};
    plainJson(document); // aliases can make a few lines stand for billions of values
  } catch (error) {
    if (error instanceof YAMLException)
      throw new UserError(`${file}:${(error.mark?.line ?? 0) + 1}: not valid YAML: ${error.reason}`, 2);
    if (error instanceof TypeError) throw new UserError(`${file}: ${error.message}`, 2);
    throw error;
  }
  if (!isMap(document)) throw new UserError(`${file}: expected a map of values`, 2);
  return document;
}

/** Release name of a chart that is only judged: its folder's, as Helm takes one. */
export const releaseNameOf = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 53) || "chart";
