import { version } from "../../config/version";
import { printable } from "../../policy/message";
import { exitCodeOf, profileOf, type Report, sentence } from "../../policy/report/report";
import type { Target } from "./check-targets";
import { type EvaluationOptions, reportOf } from "./evaluate-targets";
import { writeText } from "./files";

export { targetsOf } from "./check-targets";

/** Options of `hardened check`. */
export interface CheckOptions extends EvaluationOptions {
  readonly format: string;
  readonly output?: string;
}

type Format = (report: Report, options: Pick<CheckOptions, "output">) => Promise<string>;

// Formats are loaded lazily: loading all of them takes longer than evaluating one object.
const formats: Readonly<Record<string, Format>> = {
  human,
  json: async (report) => (await import("../../policy/report/json")).formatJson(report),
  markdown: async (report) => (await import("../../policy/report/markdown")).formatMarkdown(report),
  sarif: async (report) => (await import("../../policy/report/sarif")).formatSarif(report, { version }),
  junit: async (report) => (await import("../../policy/report/junit")).formatJunit(report),
  openreports: async (report) => (await import("../../policy/report/openreports")).formatOpenReports(report),
  html: async (report) => (await import("../../policy/report/html")).formatHtml(report),
};

async function human(report: Report, { output }: Pick<CheckOptions, "output">): Promise<string> {
  const { formatHuman } = await import("../../policy/report/human");
  const color = output === undefined && process.stdout.isTTY === true;
  const told = report.units.filter(({ verdict }) => verdict.findings.length + (verdict.exempted?.length ?? 0) > 0);
  const parts = told.map(
    (unit) => `${printable(unit.name)}\n${formatHuman(unit.verdict, { profile: profileOf(unit, report), color })}`,
  );
  const lost = [...lostLines(report), ...emptyLines(report)].map((line) => `${line}\n`);
  // One unit has said all there is to count.
  if (report.units.length === 1 && parts.length === 1 && lost.length === 0) return parts.join("");
  return `${[...parts, ...lost].join("\n")}${sentence(report)}\n`;
}

const lostLines = ({ unjudged }: Report): string[] =>
  unjudged.map(({ name, reason }) => printable(`${name} could not be evaluated: ${reason}`));

/** Note about files without objects: they are valid, but probably not intended to be empty. */
const emptyLines = ({ empty = [] }: Report): string[] => empty.map((name) => printable(`${name} holds no object`));

/** The report in the requested format. */
export const reportText = (report: Report, options: Pick<CheckOptions, "format" | "output">): Promise<string> =>
  (formats[options.format] as Format)(report, options);

/** Evaluates targets and writes the report, whose title is `title`. Returns the exit code: 0 without mandatory violations, 1 with, 2 when something could not be evaluated. */
export async function check(targets: readonly Target[], title: string, options: CheckOptions): Promise<0 | 1 | 2> {
  const report = await reportOf(targets, title, options);
  const code = exitCodeOf(report);
  // Set before the report is written: its reader may close the stream.
  process.exitCode = code;
  const text = await reportText(report, options);
  if (options.output) writeText(options.output, text);
  else process.stdout.write(text);
  // Errors go to standard error too when the report is for a machine.
  if (options.output || options.format !== "human")
    for (const line of [...lostLines(report), ...emptyLines(report)]) console.error(line);
  return code;
}
