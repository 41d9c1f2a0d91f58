/** Patterns for names: `*` stands for any characters but "/", `**` for any at all, everything else for itself. */

const compiled = new Map<string, RegExp>();

/** True when the whole text fits the pattern. */
export function globMatches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .split(/(\*\*|\*)/)
      .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")));
    expression = new RegExp(`^${source.join("")}$`, "s");
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
