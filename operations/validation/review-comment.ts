import { printable } from "../../policy/message";
import { printableText } from "../../policy/printable-text";
import {
  cell,
  code,
  commentMark,
  findingLines,
  firstOf,
  largestComment,
  longestRun,
} from "../../policy/report/markdown";
import { exitCodeOf, sentence, totalsOf } from "../../policy/report/report";
import type { Review, StackReview } from "./review";

/** The comment's first line: the same for every review, so that the existing comment of a pull request is found and updated. */
export const reviewMark = commentMark("review");

/** Maximum length of the table of stacks, in characters. */
const largestTable = 20_000;
/** Characters reserved for the comment's head and each stack's own lines. */
const headBytes = 2_000;
const stackBytes = 600;
/** Maximum share of a stack's characters for findings; the diff gets the rest. */
const findingsShare = 0.6;

const verdictOf = ({ report }: StackReview): string => {
  const { mandatory } = totalsOf(report);
  return ["✅ passes", `❌ ${mandatory} mandatory`, "❌ could not be evaluated"][exitCodeOf(report)] as string;
};

/** Summary of a diff, e.g. "2 objects, +3 −1". */
function sizeOf(diff: string): string {
  const count = (pattern: RegExp): number => (diff.match(pattern) ?? []).length;
  const objects = count(/^diff --git /gm);
  const [added, removed] = [count(/^\+(?!\+\+ )/gm), count(/^-(?!-- )/gm)];
  return `${objects} object${objects === 1 ? "" : "s"}, +${added} −${removed}`;
}

const changeOf = ({ diff, noDiff }: StackReview): string =>
  noDiff ? "not known" : diff === "" ? "none" : sizeOf(diff);

/** Maximum number of consecutive backticks: a fence is longer, and must leave space for its content. */
const largestRun = 60;

/** A code block whose fence is longer than any in its content. */
function fenced(diff: string, most: number, where: string): string {
  const text = printableText(diff).replaceAll(/`+/g, (run) => run.slice(0, largestRun));
  const lines = text.trimEnd().split("\n");
  const fence = "`".repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}diff\n${firstOf(lines, most - 2 * fence.length - 8, where)}${fence}\n`;
}

function section(one: StackReview, review: Review, most: number): string {
  const { stack, report, diff, noDiff } = one;
  const head = `\n### ${code(stack)}: ${verdictOf(one)}\n\n${sentence(report)} (${report.profile})\n\n`;
  const findings = firstOf(
    findingLines(report),
    most * findingsShare,
    `all of them: ${code(`bin/hardened check ${stack}`)}`,
  );
  // The same reason keeps the stack from being evaluated and from being rendered: once is enough.
  if (report.unjudged.some(({ reason }) => reason === noDiff)) return head + findings;
  if (noDiff) return `${head}${findings}\nThe rendered change is not known: ${code(noDiff)}\n`;
  if (diff === "") return `${head}${findings}\nNothing it renders to changes.\n`;
  const where = printable(`all of it: bin/hardened review --base ${review.base} --stacks ${stack} --json`).replaceAll(
    "`",
    "'",
  );
  const block = fenced(diff, most - findings.length, where);
  return `${head}${findings}\n<details><summary>Rendered change: ${sizeOf(diff)}</summary>\n\n${block}\n</details>\n`;
}

/** A review as one comment of a pull request, below the 64,000 characters that code hosts take; what does not fit is counted. */
export function formatReview(review: Review): string {
  const { base, commit, stacks, otherPackages } = review;
  const rows = stacks.map((one) => `| ${cell(one.stack)} | ${verdictOf(one)} | ${changeOf(one)} |`);
  const unchanged = stacks.every(({ diff, noDiff }) => diff === "" && !noDiff);
  const notes = [
    `Compared with ${code(base)} (${commit.slice(0, 12)}).`,
    ...(unchanged ? ["**Nothing any stack renders to changes.**"] : []),
    ...(otherPackages ? ["`package-lock.json` changes: the base was rendered with the packages of this change."] : []),
  ];
  const where = `all of it: ${code(`bin/hardened review --base ${base} --json`)}`;
  const table = firstOf(rows, largestTable, where);
  const head = `${reviewMark}\n## Review of ${stacks.length} stack${stacks.length === 1 ? "" : "s"}\n\n${notes.join("\n\n")}\n\n| stack | policy | rendered change |\n|---|---|---|\n${table}`;
  const left = largestComment - Math.max(headBytes, head.length);
  const each = Math.max(Math.floor(left / stacks.length) - stackBytes, 2 * stackBytes);
  const told = stacks.filter(({ diff, noDiff, report }) => diff || noDiff || findingLines(report).length > 0);
  let comment = head;
  for (const [index, one] of told.entries()) {
    const next = section(one, review, each);
    const left = `\n… and ${told.length - index} more stacks; ${where}\n`;
    if (comment.length + next.length + left.length >= largestComment) return comment + left;
    comment += next;
  }
  return comment;
}
