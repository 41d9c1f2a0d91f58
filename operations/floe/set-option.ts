/** Values that people write on a command line: `--set`. */
import { load } from "js-yaml";
import { kubernetesSchema } from "../../policy/manifest/manifest-schema";
import { UserError } from "../../process/user-error";
import { at } from "../../systems/floe/generator/chart-keys";
import { treeMistakes, type Values } from "../../systems/floe/generator/tree";
import { parsedYaml } from "../../systems/floe/values-file";

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
  if (/^\s*["'[{]/.test(text)) return parsedYaml(text, name);
  try {
    const value = load(text, { schema: kubernetesSchema });
    return typeof value === "object" && value !== null ? text : value;
  } catch {
    return text; // no YAML, such as "a: b: c": the text itself is meant
  }
}
