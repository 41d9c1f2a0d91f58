/** Values that people write: files and `--set`. */
import { load, YAMLException } from "js-yaml";
import { kubernetesSchema } from "../../policy/manifest/manifest-schema";
import { UserError } from "../../process/user-error";
import { at } from "../../systems/floe/generator/chart-keys";
import { isMap, kindOf, treeMistakes, type Values } from "../../systems/floe/generator/tree";
import { textOrReason } from "../judging/files";

/** A file of YAML with a map in it; an empty one is an empty map. Throws a UserError. */
export function readValues(path: string): Values {
  const read = textOrReason(path);
  if ("reason" in read) throw new UserError(`${path} cannot be read: ${read.reason}`);
  const tree = parsed(read.text, path) ?? {};
  const mistakes = treeMistakes(tree);
  if (mistakes.length > 0) throw new UserError(mistakes.map((line) => `${path}: ${line}`).join("\n"));
  if (!isMap(tree)) throw new UserError(`${path}: expected a map of values, got ${kindOf(tree)}`);
  return tree;
}

/** What a text of YAML holds, as Helm reads it. */
function parsed(text: string, name: string): unknown {
  try {
    return load(text, { schema: kubernetesSchema });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    throw new UserError(`${name}:${line + 1}:${column + 1}: not valid YAML: ${error.reason}`);
  }
}

/** One `--set a.b=value`: a dot separates keys, "\." is one in a key; the value is a scalar, a list or a map of YAML. Throws a UserError. */
export function readSetting(text: string): Values {
  const [, written = "", value] = /^((?:[^=\\]|\\.)*)=(.*)$/s.exec(text) ?? [];
  const keys = written.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
  const name = `--set ${written || "…"}`;
  if (value === undefined || keys.includes(""))
    throw new UserError(`${name}: expected key=value with keys separated by dots, such as otel.replicaCount=2`);
  if (/[[\]]/.test(written))
    throw new UserError(`${name}: one entry of a list cannot be set; set the whole list: key=[…], or use --values`);
  const values = at(keys, settingValue(value, name));
  const mistakes = treeMistakes(values);
  if (mistakes.length > 0) throw new UserError(`${name}: ${mistakes.join("; ")}`);
  return values;
}

function settingValue(text: string, name: string): unknown {
  if (text === "") return "";
  if (/^\s*["'[{]/.test(text)) return parsed(text, name);
  try {
    const value = load(text, { schema: kubernetesSchema });
    return typeof value === "object" && value !== null ? text : value;
  } catch {
    return text; // no YAML, such as "a: b: c": the text itself is meant
  }
}
