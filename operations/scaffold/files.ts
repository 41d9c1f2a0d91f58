import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Names } from "./names";

/** The files of a new system, from the templates beside this file. */

const templates = join(__dirname, "templates");
const end = ".template";

/** Files and folders of one system, as paths in the checkout. */
export const ownPaths = (name: string): string[] => [
  `systems/${name}`,
  `charts/${name}`,
  `test/systems/${name}`,
  `test/charts/${name}.test.ts`,
];

/** Path of the file that is written from a template. */
function placeOf(template: string, name: string): string {
  const [folder = "", ...path] = template.slice(0, -end.length).split("/");
  if (folder !== "test") return [folder, name, ...path].join("/");
  return path[0] === "chart.test.ts" ? `test/charts/${name}.test.ts` : `test/systems/${name}/${path.join("/")}`;
}

const filled = (text: string, { name, camel, type, identifier, tokenKey, title }: Names): string =>
  text
    .replaceAll("__name__", name)
    .replaceAll("__camel__", camel)
    .replaceAll("__Type__", type)
    .replaceAll("__identifier__", identifier)
    .replaceAll("__TOKEN_KEY__", tokenKey)
    .replaceAll("__Title__", title);

/** Text of each file of a new system, not formatted yet, by path in the checkout. */
export function systemFiles(names: Names): Map<string, string> {
  const found = readdirSync(templates, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(end));
  const files = found
    .sort()
    .map((file): [string, string] => [
      placeOf(file, names.name),
      filled(readFileSync(join(templates, file), "utf8"), names),
    ]);
  return new Map(files);
}

/** The code of a new system's definition, whose identifiers the new names must not collide with. */
export const definitionTemplate = (): string => readFileSync(join(templates, `systems/definition.ts${end}`), "utf8");
