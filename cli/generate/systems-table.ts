import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { systems } from "../../systems/registry";
import { withPart } from "./table";

/** README.md with the table of all systems. Throws when the place for it is missing. */
export function readmePage(): string {
  const rows = Object.values(systems).map(({ name, summary }) => [`[${name}](systems/${name}/README.md)`, summary]);
  const text = readFileSync(join(projectRoot, "README.md"), "utf8");
  return withPart("README.md", text, "systems", alignedTable(["system", "is"], rows));
}

/** A Markdown table whose columns are aligned in the source, as README.md is read as text too. */
function alignedTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
