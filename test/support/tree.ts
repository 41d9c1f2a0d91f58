import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { sourceFolders as imported } from "../../cli/generate/import-diagram";

/** The checkout. */
export const root = join(__dirname, "..", "..");

/** Folders with the sources of the program, and of what starts it. */
export const sourceFolders = ["bin", ...imported.filter((folder) => !folder.endsWith(".ts"))];

/** Folders that are made, not written. */
const made = new Set(["node_modules", ".git", ".hardened", "coverage", ".stryker-tmp"]);

/** Files below folders of the checkout whose name ends in one of `ends`, as paths in it, sorted; links are not followed. */
export function filesBelow(folders: readonly string[], ends: readonly string[] = [""]): string[] {
  const visit = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return made.has(entry.name) ? [] : visit(path);
      return entry.isFile() && ends.some((end) => entry.name.endsWith(end)) ? [relative(root, path)] : [];
    });
  return folders.flatMap((folder) => visit(join(root, folder))).sort();
}

/** Text of a file of the checkout. */
export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** How many lines a file has. */
export const lengthOf = (file: string): number => textOf(file).replace(/\n$/, "").split("\n").length;
