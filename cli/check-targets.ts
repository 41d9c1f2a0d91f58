import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { load, YAMLException } from "js-yaml";
import { UserError } from "../local/user-error";
import type { JsonObject } from "../policy/contract";
import { plainJson } from "../policy/manifest/plain-json";

/** What a person asked to judge, told apart. */
export type Target =
  | { readonly kind: "stack"; readonly name: string }
  | { readonly kind: "chart"; readonly folder: string }
  | { readonly kind: "state"; readonly file: string; readonly resources: readonly StateResource[] }
  | { readonly kind: "manifests"; readonly file: string; readonly text: string };

/** A resource in Pulumi's state. */
export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

/** Tells what each argument is. Throws a UserError for what is none of the five. */
export function targetsOf(args: readonly string[], root: string): Target[] {
  return (args.length > 0 ? args : ["dev"]).flatMap((arg): Target[] => {
    if (arg === "-") return [fromText("standard input", readFileSync(0, "utf8"))];
    const path = resolve(arg);
    if (!existsSync(path)) {
      if (existsSync(join(root, `Pulumi.${arg}.yaml`))) return [{ kind: "stack", name: arg }];
      throw new UserError(
        `${arg} is no stack (there is no Pulumi.${arg}.yaml), no chart folder and no file; see --help`,
        2,
      );
    }
    if (!statSync(path).isDirectory()) return [fromText(arg, readFileSync(path, "utf8"))];
    if (existsSync(join(path, "Chart.yaml"))) return [{ kind: "chart", folder: path }];
    const files = readdirSync(path, { recursive: true, encoding: "utf8" }).filter(isManifest).sort();
    if (files.length === 0)
      throw new UserError(`${arg} has neither a Chart.yaml nor manifests (.yaml, .yml, .json)`, 2);
    return files.map((file) => fromText(join(arg, file), readFileSync(join(path, file), "utf8")));
  });
}

function fromText(file: string, text: string): Target {
  const resources = stateResources(text);
  return resources ? { kind: "state", file, resources } : { kind: "manifests", file, text };
}

/** The resources of an exported stack or of a checkpoint; nothing when the text is something else. */
function stateResources(text: string): StateResource[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const document = JSON.parse(text) as {
      deployment?: { resources?: StateResource[] };
      checkpoint?: { latest?: { resources?: StateResource[] } };
    };
    return document.deployment?.resources ?? document.checkpoint?.latest?.resources;
  } catch {
    return undefined;
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

/** Values files in their order, the last one on top. Throws a UserError that names the file and line. */
export function readValues(files: readonly string[]): JsonObject {
  return files.reduce<JsonObject>((values, file) => {
    if (!existsSync(file)) throw new UserError(`values file ${file} does not exist`, 2);
    let document: unknown;
    try {
      document = load(readFileSync(file, "utf8"));
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      throw new UserError(`${file}:${(error.mark?.line ?? 0) + 1}: not valid YAML: ${error.reason}`, 2);
    }
    if (document === null || document === undefined) return values;
    try {
      plainJson(document); // aliases can make a few lines stand for billions of values
    } catch (error) {
      throw new UserError(`${file}: ${(error as Error).message}`, 2);
    }
    if (!isMap(document)) throw new UserError(`${file}: expected a map of values`, 2);
    return overlay(values, document);
  }, {});
}

/** Release name of a chart that is only judged. */
export const releaseNameOf = (folder: string): string => basename(resolve(folder)).toLowerCase();
