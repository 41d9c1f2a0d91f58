import { load, YAMLException } from "js-yaml";
import { kubernetesSchema } from "../../policy/manifest/manifest-schema";
import { textOrReason } from "../../process/read-text";
import { UserError } from "../../process/user-error";
import { isMap, kindOf, treeMistakes, type Values } from "./generator/tree";

/** Reads a YAML or JSON file with a map of a chart's values; an empty file is an empty map. Throws a UserError with all errors. */
export function readValuesFile(path: string): Values {
  const tree = parsedYaml(textOf(path), path) ?? {};
  const mistakes = treeMistakes(tree);
  if (mistakes.length > 0) throw new UserError(mistakes.map((line) => `${path}: ${line}`).join("\n"));
  if (!isMap(tree)) throw new UserError(`${path}: expected a map of values, got ${kindOf(tree)}`);
  return tree;
}

interface Charts<T> {
  readonly platform: readonly T[];
  readonly jobs: readonly T[];
}

/** Reads the values files of both charts. Throws a UserError with all errors in them. */
export function readValuesFiles(paths: Charts<string>): Charts<Values> {
  const mistakes: string[] = [];
  const read = (path: string): Values => {
    try {
      return readValuesFile(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error.message);
      return {};
    }
  };
  const [platform, jobs] = [paths.platform.map(read), paths.jobs.map(read)];
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
  return { platform, jobs };
}

function textOf(path: string): string {
  const read = textOrReason(path);
  if ("reason" in read) throw new UserError(`${path} cannot be read: ${read.reason}`);
  return read.text;
}

/** Parses YAML as Helm does. `name`: of the text, for messages. Throws a UserError. */
export function parsedYaml(text: string, name: string): unknown {
  try {
    return load(text, { schema: kubernetesSchema });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    throw new UserError(`${name}:${line + 1}:${column + 1}: not valid YAML: ${error.reason}`);
  }
}
