import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot } from "../../config/project";
import { markdownTable, pageHead } from "./table";

/** Folders whose Markdown may say what it shows. */
const documentFolders = ["charts", "docs", "systems"];

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

/** A row of a source; only `difference` and `unmet` are this project's own text. */
export interface Requirement {
  /** What is demanded, as the source says it. */
  readonly requirement: string;
  /** How the source wants it verified: R rendered manifests, A an API server, K a cluster, P Pulumi, C a command, F a file. */
  readonly verify: string;
  /** Where the product is not what the row says, and why. */
  readonly difference?: string;
  /** What of it the product does not have, and why; no test is then asked for. */
  readonly unmet?: string;
}

/** Requirements by id, one file of docs/requirements a source. */
export function requirements(): Map<string, Readonly<Record<string, Requirement>>> {
  const files = filesBelow("docs/requirements", ".json");
  const text = (file: string): string => readFileSync(join(projectRoot, file), "utf8");
  return new Map(files.map((file) => [basename(file, ".json"), JSON.parse(text(file))]));
}

/** Digest of what the sources say: changes with every word of a row, not with what is declared of the product. */
export function digestOf(rows: Readonly<Record<string, Requirement>>): string {
  const texts = Object.entries(rows).map(([id, { requirement, verify }]) => [id, requirement, verify]);
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

/** docs/requirements.md: each requirement, where the product differs, and the tests or documents that show it. */
export function requirementsPage(): string {
  const shown = evidence();
  const link = (file: string): string =>
    `${file.endsWith(".md") ? "document " : ""}[${basename(file).replace(/(\.slow)?(\.test|\.e2e)?\.(ts|md)$/, "")}](../${file})`;
  const parts = [...requirements()].map(([source, rows]) => {
    const cells = Object.entries(rows).map(([id, { requirement, difference = "", unmet }]) => [
      id,
      requirement,
      unmet === undefined ? difference : `**Not met.** ${unmet} ${difference}`.trim(),
      [...(shown.get(id) ?? [])].map(link).join(", "),
    ]);
    return `## ${source}\n\n${markdownTable(["id", "requirement", "declared difference", "shown by"], cells)}\n`;
  });
  return [
    pageHead("Requirements and what shows them"),
    "The texts are those of the sources, with how to verify each in [requirements](requirements); where the product differs, or does not meet one, the third column says how and why.\n",
    "Tests carry the ids they prove in their titles. A document says in a comment `<!-- shows: … -->` what it is asked for, and a test of the same id checks a statement of it.\n",
    ...parts,
  ].join("\n");
}
