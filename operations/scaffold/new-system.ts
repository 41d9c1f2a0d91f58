import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { replaceAtomic } from "../../process/atomic-write";
import { fileTrouble } from "../../process/file-trouble";
import { interruption } from "../../process/interrupt";
import { UserError } from "../../process/user-error";
import { definitionTemplate, ownPaths, systemFiles } from "./files";
import { type Names, nameProblems, namesOf } from "./names";
import { isRegistered, registryFile, withSystem } from "./registry";
import { formatted, generate, missingTools, unknownWords } from "./tools";

/** Words of the project that no dictionary has, one a line. */
const wordsFile = ".cspell/words.txt";
/** Where generated files are, beside the schemas of charts. */
const generatedPlaces = ["README.md", "Pulumi.yaml", "docs"];
/** Folders in which files are created or replaced. */
const writtenFolders = [".", ".cspell", "charts", "docs", "docs/reference", "systems", "test/charts", "test/systems"];

/** What `hardened new system` wrote, as paths in the checkout. */
export interface NewSystem {
  readonly name: string;
  readonly identifier: string;
  /** Files of the system itself, sorted. */
  readonly written: readonly string[];
  /** Existing files that were changed, sorted. */
  readonly changed: readonly string[];
}

/**
 * Writes a system that is disabled until a stack enables it, registers it, and regenerates what is derived from the registry. Throws a UserError
 * with every error; then, and when it is interrupted, all changes are rolled back.
 */
export async function newSystem(root: string, name: string): Promise<NewSystem> {
  const problems = [...nameProblems(name), ...placeProblems(root, name), ...checkoutProblems(root)];
  if (problems.length > 0) throw new UserError([`no system ${name} was made:`, ...problems].join("\n  "));
  const registry = readFileSync(join(root, registryFile), "utf8");
  const names = namesOf(name, `${registry}\n${definitionTemplate()}`);
  const registered = await formatted(root, registryFile, withSystem(registry, names));
  const files = await formattedFiles(root, names);
  const words = await withWords(root, name);
  const before = textsBelow(root, [registryFile, wordsFile, ...generatedPlaces]);
  try {
    for (const [file, text] of files) write(root, file, text);
    link(root, `charts/${name}/charts/hardened`, "../../hardened");
    if (words !== before.get(wordsFile)) write(root, wordsFile, words);
    write(root, registryFile, registered);
    interruption.throwIfAborted();
    await generate(root);
    interruption.throwIfAborted();
  } catch (error) {
    for (const path of ownPaths(name)) rmSync(join(root, path), { recursive: true, force: true });
    for (const file of changedOf(root, before)) write(root, file, before.get(file) ?? "");
    if (interruption.aborted) throw new UserError("interrupted; nothing of the new system stays", 130);
    throw error;
  }
  const written = ownPaths(name).flatMap((path) => filesBelow(root, path));
  return { name, identifier: names.identifier, written: written.sort(), changed: changedOf(root, before) };
}

/** Existing files under the name. */
function placeProblems(root: string, name: string): string[] {
  if (name === "" || /[^-a-z0-9]/.test(name)) return []; // no path is made of it
  const own = [...ownPaths(name), `systems/${name}.ts`];
  const taken = own
    .filter((path) => existsSync(join(root, path)))
    .map((path) => `${path} is there already: choose another name, or remove it`);
  const registry = textOf(root, registryFile);
  if (registry !== undefined && isRegistered(registry, name))
    taken.push(`${registryFile} has a system ${name} already`);
  return taken;
}

/** Missing prerequisites of a checkout. */
function checkoutProblems(root: string): string[] {
  const problems = missingTools(root).map((tool) => `${tool} is not installed: npm ci`);
  for (const file of [registryFile, wordsFile])
    if (textOf(root, file) === undefined) problems.push(`${file} is missing: this is no whole checkout of the project`);
  for (const folder of writtenFolders) {
    const reason = writeTrouble(join(root, folder));
    if (reason !== undefined) problems.push(`${folder} cannot be written: ${reason}`);
  }
  return problems;
}

/** Why no file can be created in a folder; undefined when it can. */
function writeTrouble(folder: string): string | undefined {
  try {
    rmdirSync(mkdtempSync(join(folder, ".hardened-")));
    return undefined;
  } catch (error) {
    return fileTrouble(error) ?? String(error);
  }
}

async function formattedFiles(root: string, names: Names): Promise<Map<string, string>> {
  const files = systemFiles(names);
  const ours = [...files].filter(([file]) => /\.(ts|md)$/.test(file));
  const texts = await Promise.all(ours.map(([file, text]) => formatted(root, file, text)));
  for (const [index, [file]] of ours.entries()) files.set(file, texts[index] ?? "");
  return files;
}

/** The spelling word list with the unknown words of the system's name added. */
async function withWords(root: string, name: string): Promise<string> {
  const text = readFileSync(join(root, wordsFile), "utf8");
  const more = await unknownWords(root, name.split("-"));
  if (more.length === 0) return text;
  const lines = text.trimEnd().split("\n");
  return `${[...new Set([...lines, ...more])].sort().join("\n")}\n`;
}

const textOf = (root: string, file: string): string | undefined =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;

/** Files and links below a path of the checkout, or the file itself; links are not followed. */
function filesBelow(root: string, path: string): string[] {
  if (!lstatSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((entry) => filesBelow(root, join(path, entry)));
}

const textsBelow = (root: string, paths: readonly string[]): Map<string, string> =>
  new Map(
    paths.flatMap((path) => filesBelow(root, path)).map((file) => [file, readFileSync(join(root, file), "utf8")]),
  );

/** Files whose text has changed, sorted. */
const changedOf = (root: string, before: ReadonlyMap<string, string>): string[] =>
  [...before].flatMap(([file, text]) => (textOf(root, file) === text ? [] : [file])).sort();

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  replaceAtomic(join(root, file), text, existsSync(join(root, file)) ? lstatSync(join(root, file)) : undefined);
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** The written files and the next steps, as text. */
export const formatNewSystem = ({ name, written, changed }: NewSystem): string =>
  [
    ...written.map((file) => `wrote    ${file}`),
    ...changed.map((file) => `changed  ${file}`),
    "",
    `system ${name} is there, and off in every stack; npm run check passes. To run it, add to a stack's file:`,
    `  hardened:${name}:`,
    "    enabled: true",
    "    image: { repository: registry.hardened.test/service, tag: local }   # the local cluster's stand-in; yours instead",
    "    credentials: { from: generated }",
    "what is particular to it comes next: docs/how-to/add-a-system.md",
  ].join("\n");
