import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot } from "../project";
import { markdownTable, pageHead } from "./table";

/** Folders whose Markdown may say what it shows. */
const documentFolders = ["docs", "systems"];

/** Files below a folder, by path in the checkout, sorted. */
function filesBelow(folder: string, end: string): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .sort();
}

/** Ids in a test's title, `[MR-33]`, or in a document's comment, `<!-- shows: MR-47 -->`. */
const inTitles = (text: string): string[] => [...text.matchAll(/\[([A-Z]+-\d+(?:[ ,]+[A-Z]+-\d+)*)\]/g)].flatMap(idsOf);
const inComments = (text: string): string[] => [...text.matchAll(/<!-- shows: ([^>]*)-->/g)].flatMap(idsOf);
const idsOf = (match: RegExpMatchArray): string[] => [...(match[1] ?? "").matchAll(/[A-Z]+-\d+/g)].map(String);

/** Requirement ids → the files that show them, from the tests' titles and the documents' comments. */
export function evidence(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (file: string, ids: readonly string[]): void => {
    for (const id of ids) found.set(id, (found.get(id) ?? new Set()).add(file));
  };
  const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");
  for (const file of filesBelow("test", ".ts")) add(file, inTitles(read(file)));
  for (const file of ["README.md", ...documentFolders.flatMap((folder) => filesBelow(folder, ".md"))]) {
    if (file !== "docs/requirements.md") add(file, inComments(read(file)));
  }
  return found;
}

/** Requirements by id, one file of docs/requirements a source. */
export function requirements(): Map<string, Readonly<Record<string, string>>> {
  const files = filesBelow("docs/requirements", ".json");
  const text = (file: string): string => readFileSync(join(projectRoot, file), "utf8");
  return new Map(files.map((file) => [basename(file, ".json"), JSON.parse(text(file)) as Record<string, string>]));
}

/** docs/requirements.md: each requirement and the tests or documents that show it. */
export function requirementsPage(): string {
  const shown = evidence();
  const link = (file: string): string => `[${basename(file).replace(/\.(test|e2e)?\.?(ts|md)$/, "")}](../${file})`;
  const parts = [...requirements()].map(([source, rows]) => {
    const cells = Object.entries(rows).map(([id, text]) => [id, text, [...(shown.get(id) ?? [])].map(link).join(", ")]);
    return `## ${source}\n\n${markdownTable(["id", "requirement", "shown by"], cells)}\n`;
  });
  return [
    pageHead("Requirements and what shows them"),
    `Tests carry the ids they prove in their titles, documents in a comment \`<!-- shows: … -->\`. A test fails when a requirement has neither.\n`,
    ...parts,
  ].join("\n");
}
