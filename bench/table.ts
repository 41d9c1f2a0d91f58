/** Rows as a Markdown table, the first one its head, padded so that it can be pasted into a document as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [head, ...rest] = rows.map((row) => line(widths.map((width, column) => (row[column] ?? "").padEnd(width))));
  return [head, line(widths.map((width) => "-".repeat(width))), ...rest].join("\n");
}
