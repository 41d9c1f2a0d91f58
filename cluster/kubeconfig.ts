import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { load, YAMLException } from "js-yaml";
import { fileTrouble } from "../process/file-trouble";
import { UserError } from "../process/user-error";

/** Files kubectl would read: $KUBECONFIG's, else the one in the home folder. */
export function kubeconfigFiles(): string[] {
  const listed = (process.env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  return (listed.length > 0 ? listed : [join(homedir(), ".kube", "config")]).filter((file) => existsSync(file));
}

/**
 * Names of the contexts of all kubeconfig files; undefined when there is no such file, as in a pod that uses its service account. Throws a
 * UserError for a file that kubectl could not read either.
 */
export function contextNames(): string[] | undefined {
  const files = kubeconfigFiles();
  return files.length === 0 ? undefined : files.flatMap(contextsOf);
}

function contextsOf(file: string): string[] {
  const text = textOf(file);
  const refuse = (place: string, expected: string, got: unknown): never => {
    throw new UserError(`kubeconfig ${place}: expected ${expected}, got ${typeOf(got)}`);
  };
  const document = parsed(file, text) ?? {};
  if (!isMap(document)) return refuse(`${file}:1`, "a map", document);
  const contexts = document.contexts ?? [];
  const place = `${file}:${lineOf(text, "contexts")}: contexts`;
  if (!Array.isArray(contexts)) return refuse(place, "a list", contexts);
  return contexts.flatMap((one: unknown, index) => {
    if (!isMap(one)) return refuse(`${place}[${index}]`, "a map", one);
    if (one.name === undefined || one.name === null) return [];
    return typeof one.name === "string" ? [one.name] : refuse(`${place}[${index}].name`, "a string", one.name);
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    throw new UserError(`kubeconfig ${file} cannot be read: ${reason}`);
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    throw new UserError(`kubeconfig ${file}:${line + 1}:${column + 1}: not valid YAML: ${error.reason}`);
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? "a list" : isMap(value) ? "a map" : value === null ? "nothing" : `a ${typeof value}`;

/** Line of a key of the document; the first for one in flow style. */
const lineOf = (text: string, key: string): number =>
  Math.max(
    0,
    text.split("\n").findIndex((line) => new RegExp(`^\\s*["']?${key}["']?\\s*:`).test(line)),
  ) + 1;
