/** A report as a pull-request comment: always under 64,000 characters, because code hosts refuse or cut longer ones. */
import type { Exempted, Finding } from "../contract";
import { complaintOf, exemptionText, objectText } from "../message";
import { isMandatory, type Report, sentence } from "./report";

/** Most characters a comment may have; GitHub's limit is 65,535 bytes of text. */
export const largestComment = 64_000;

/** The first line, by which a comment is found again and brought up to date. */
export const commentMark = (target: string): string =>
  `<!-- hardened:${target.replaceAll(/[^A-Za-z0-9._/-]/g, "-")} -->`;

/** Keeps a cell on one line and its text from being read as markup. */
export const cell = (text: string): string =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/\s*\n\s*/g, " ");

function row(finding: Finding, report: Report): string {
  const mark = isMandatory(finding, report) ? "❌ mandatory" : "⚠️ advisory";
  return `| ${mark} | \`${finding.rule}\` | ${cell(objectText(finding.object))} | ${cell(complaintOf(finding))} | ${cell(finding.fix)} |`;
}

function exemptRow(one: Exempted): string {
  const { rule, object } = one.finding;
  return `| 🔕 exempt | \`${rule}\` | ${cell(objectText(object))} | ${cell(complaintOf(one.finding))} | ${cell(exemptionText(one))} |`;
}

/** The findings as lines of Markdown: what could not be judged, then a table for each unit, mandatory ones first. */
export function findingLines(report: Report): string[] {
  const lines = report.unjudged.map(
    ({ name, reason }) => `- ❌ **${cell(name)}** could not be judged: ${cell(reason)}`,
  );
  for (const { name, verdict } of report.units) {
    const { exempted = [] } = verdict;
    if (verdict.findings.length + exempted.length === 0) continue;
    const first = verdict.findings.filter((finding) => isMandatory(finding, report));
    const rest = verdict.findings.filter((finding) => !isMandatory(finding, report));
    lines.push(`#### ${cell(name)}\n\n| | Rule | Object | Finding | Fix |\n|---|---|---|---|---|`);
    lines.push(...[...first, ...rest].map((finding) => row(finding, report)), ...exempted.map(exemptRow), "");
  }
  return lines;
}

/** As many lines as `most` characters hold; of the rest only how many they are and `where` to see them. */
export function firstOf(lines: readonly string[], most: number, where: string): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    const left = `\n… and ${lines.length - index} more lines; ${where}\n`;
    if (text.length + line.length + 1 + left.length > most) return text + left;
    text += `${line}\n`;
  }
  return text;
}

/** A heading with the outcome, and the findings. */
export function formatMarkdown(report: Report): string {
  const head = `${commentMark(report.target)}\n### Policy: ${cell(report.target)} (${report.profile})\n\n${sentence(report)}\n\n`;
  return (
    head +
    firstOf(findingLines(report), largestComment - head.length, "the whole report: hardened check --format human")
  );
}
