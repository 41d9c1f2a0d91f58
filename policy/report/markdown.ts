/** A report as a pull-request comment: always under 64,000 characters, because code hosts refuse or cut longer ones. */
import type { DeclaredLookups, DeclaredReason, Finding, SuppressedFinding } from "../contract";
import { complaintOf, declaredText, exemptionText, objectText, printable } from "../message";
import { isMandatory, profileOf, profilesOf, type Report, sentence } from "./report";

/** A comment has fewer characters than this; GitHub refuses one of more than 65,536. */
export const largestComment = 64_000;

/** Most characters of one cell: a text longer than this is no sentence, and would leave no room for the other findings. */
const largestCell = 600;

/** The first line, by which a comment is found again and brought up to date. */
export const commentMark = (target: string): string =>
  `<!-- hardened:${target.slice(0, 200).replaceAll(/[^A-Za-z0-9._/-]/g, "-")} -->`;

/** A text as a code span on one line: nothing in it is a tag, link, mention, reference, emphasis or entity. Its fence is longer than any run of backticks in it,
 *  and a blank keeps a backtick at its end from the fence (CommonMark 0.31, "Code spans"). */
export function code(text: string): string {
  const cut = text.length > largestCell ? `${text.slice(0, largestCell)}…` : text;
  const line = printable(cut).trim();
  if (line === "") return "(empty)";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** The same in a table, where a code span does not keep a pipe from ending its cell, and a backslash before it must not undo the one that does
 *  (GitHub Flavored Markdown, "Tables"). */
export const cell = (text: string): string =>
  code(text).replaceAll(/(\\?)\|/g, (_, slash: string) => `${slash}${slash && " "}\\|`);

/** Length of the longest run of backticks. */
export function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

function row(finding: Finding, mandatory: boolean): string {
  const mark = mandatory ? "❌ mandatory" : "⚠️ advisory";
  return `| ${mark} | \`${finding.rule}\` | ${cell(objectText(finding.object))} | ${cell(complaintOf(finding))} | ${cell(finding.fix)} |`;
}

function exemptRow(one: SuppressedFinding): string {
  const { rule, object } = one.finding;
  return `| 🔕 exempt | \`${rule}\` | ${cell(objectText(object))} | ${cell(complaintOf(one.finding))} | ${cell(exemptionText(one))} |`;
}

const declaredLine =
  (name: string) =>
  (one: DeclaredLookups | DeclaredReason): string =>
    `- 🔕 ${code(name)}: ${code(declaredText(one))}`;

/** The findings as lines of Markdown: what could not be evaluated, then a table for each unit, mandatory ones first. */
export function findingLines(report: Report): string[] {
  const lines = report.unjudged.map(({ name, reason }) => `- ❌ ${code(name)} could not be evaluated: ${code(reason)}`);
  const declared = report.units.flatMap(({ name, verdict }) => (verdict.declared ?? []).map(declaredLine(name)));
  if (declared.length > 0) lines.push(...declared, "");
  for (const unit of report.units) {
    const { name, verdict } = unit;
    const { exempted = [] } = verdict;
    const profile = profileOf(unit, report);
    if (verdict.findings.length + exempted.length === 0) continue;
    const first = verdict.findings.filter((finding) => isMandatory(finding, profile));
    const rest = verdict.findings.filter((finding) => !isMandatory(finding, profile));
    lines.push(`#### ${code(name)}\n\n| | Rule | Object | Finding | Fix |\n|---|---|---|---|---|`);
    lines.push(...first.map((one) => row(one, true)), ...rest.map((one) => row(one, false)));
    lines.push(...exempted.map(exemptRow), "");
  }
  return lines;
}

/** As many lines as fewer than `most` characters hold; of the rest only how many they are and `where` to see them. */
export function firstOf(lines: readonly string[], most: number, where: string): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    const left = `\n… and ${lines.length - index} more lines; ${where}\n`;
    if (text.length + line.length + 1 + left.length >= most) return text + left;
    text += `${line}\n`;
  }
  return text;
}

/** A heading with the outcome, and the findings. */
export function formatMarkdown(report: Report): string {
  const head = `${commentMark(report.target)}\n### Policy: ${code(report.target)} (${profilesOf(report)})\n\n${sentence(report)}\n\n`;
  return (
    head +
    firstOf(findingLines(report), largestComment - head.length, "the whole report: `hardened check --format human`")
  );
}
