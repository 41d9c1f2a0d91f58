/** The catalogue of all rules as Markdown: what the reference documentation shows. Pure. */
import { profiles } from "../evaluate/profiles";
import { remedies } from "../remedies/remedies";
import type { Rule } from "../rules/rule";

/** A table of all rules and a section for each, its heading the rule's id.
 *  @param examples what the pack says of an object that breaks the rule, by the rule's id */
export function catalogueOf(rules: readonly Rule[], examples: ReadonlyMap<string, string>): string {
  const head = ["check", "severity", ...profiles];
  const rows = rules.map(({ id, severity, enforcement }) => [
    `[${id}](#${id})`,
    severity,
    ...profiles.map((profile) => enforcement[profile]),
  ]);
  const table = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return [table, ...rules.map((rule) => sectionOf(rule, examples.get(rule.id)))].join("\n\n");
}

function sectionOf({ id, description, why, severity, enforcement, fix, controls }: Rule, example?: string): string {
  const levels = profiles.map((profile) => `${profile} ${enforcement[profile]}`).join(", ");
  const parts = [
    `## ${id}`,
    [description, why].filter((one) => one !== undefined).join(" "),
    `- Severity: ${severity}. Enforcement: ${levels}.\n- Fix: ${fix}.${remedyOf(id)}\n- Controls: ${controls.join(", ")}.`,
    ...(example === undefined ? [] : [`A violation reads:\n\n\`\`\`text\n${example}\n\`\`\``]),
  ];
  return parts.join("\n\n");
}

function remedyOf(id: string): string {
  const remedy = remedies.get(id);
  return remedy === undefined ? "" : `\n- At the level \`remediate\` the pack fixes objects itself: it ${remedy.does}.`;
}
