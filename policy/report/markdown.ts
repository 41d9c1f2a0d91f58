/** A report as a pull-request comment: always under 64,000 characters, because code hosts refuse or cut longer ones. */
import type { Exempted, Finding } from "../contract";
import { complaintOf, exemptionText, objectText } from "../message";
import { isMandatory, profileOf, profilesOf, type Report, sentence } from "./report";

/** A comment has fewer characters than this; GitHub refuses one of more than 65,536. */
export const largestComment = 64_000;

/** Most characters of one cell: a text longer than this is no sentence, and would leave no room for the other findings. */
const largestCell = 600;

/** The first line, by which a comment is found again and brought up to date. */
export const commentMark = (target: string): string =>
  `<!-- hardened:${target.slice(0, 200).replaceAll(/[^A-Za-z0-9._/-]/g, "-")} -->`;

/** Keeps a cell on one line and its text from being read as markup: no table, tag, link, emphasis or mention comes from what was judged. */
export const cell = (text: string): string =>
  (text.length > largestCell ? `${text.slice(0, largestCell)}…` : text)
    .replaceAll(/[\\|[\]*]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/(?<![\w`])@(?=\w)/g, "@\u200b")
    .replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, " ");

function row(finding: Finding, mandatory: boolean): string {
  const mark = mandatory ? "❌ mandatory" : "⚠️ advisory";
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
  for (const unit of report.units) {
    const { name, verdict } = unit;
    const { exempted = [] } = verdict;
    const profile = profileOf(unit, report);
    if (verdict.findings.length + exempted.length === 0) continue;
    const first = verdict.findings.filter((finding) => isMandatory(finding, profile));
    const rest = verdict.findings.filter((finding) => !isMandatory(finding, profile));
    lines.push(`#### ${cell(name)}\n\n| | Rule | Object | Finding | Fix |\n|---|---|---|---|---|`);
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
  const head = `${commentMark(report.target)}\n### Policy: ${cell(report.target)} (${profilesOf(report)})\n\n${sentence(report)}\n\n`;
  return (
    head +
    firstOf(findingLines(report), largestComment - head.length, "the whole report: hardened check --format human")
  );
}
