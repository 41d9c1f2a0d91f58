import { projectRoot } from "../../config/project";
import { version } from "../../config/version";
import { printable } from "../../policy/message";
import { startAhead } from "../../policy/render/render-server";
import { exitCodeOf, profileOf, type Report, sentence } from "../../policy/report/report";
import { targetsOf } from "./check-targets";
import { writeText } from "./files";
import { type JudgeOptions, reportOf } from "./judge-targets";

export { reasonOf } from "./judge-targets";

/** What a person may say to `hardened check`. */
export interface CheckOptions extends JudgeOptions {
  readonly format: string;
  readonly output?: string;
}

// A format is loaded when it is asked for, as one object is judged in less time than all of them take to load.
const formats: Readonly<Record<string, (report: Report, options: Pick<CheckOptions, "output">) => string>> = {
  human,
  json: (report) =>
    (require("../../policy/report/json") as typeof import("../../policy/report/json")).formatJson(report),
  markdown: (report) =>
    (require("../../policy/report/markdown") as typeof import("../../policy/report/markdown")).formatMarkdown(report),
  sarif: (report) =>
    (require("../../policy/report/sarif") as typeof import("../../policy/report/sarif")).formatSarif(report, {
      version,
    }),
  junit: (report) =>
    (require("../../policy/report/junit") as typeof import("../../policy/report/junit")).formatJunit(report),
  openreports: (report) =>
    (require("../../policy/report/openreports") as typeof import("../../policy/report/openreports")).formatOpenReports(
      report,
    ),
  html: (report) =>
    (require("../../policy/report/html") as typeof import("../../policy/report/html")).formatHtml(report),
};

function human(report: Report, { output }: Pick<CheckOptions, "output">): string {
  const { formatHuman } = require("../../policy/report/human") as typeof import("../../policy/report/human");
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
  unjudged.map(({ name, reason }) => printable(`${name} could not be judged: ${reason}`));

/** Nothing is wrong with these files, but a person may have meant them to hold something. */
const emptyLines = ({ empty = [] }: Report): string[] => empty.map((name) => printable(`${name} holds no object`));

/** The report in the format that was asked for. */
export const reportText = (report: Report, options: Pick<CheckOptions, "format" | "output">): string =>
  (formats[options.format] as typeof human)(report, options);

/** Judges stacks, charts, manifests or state and writes the report. Gives 0 clean, 1 violations, 2 when something could not be judged. */
export async function check(args: readonly string[], options: CheckOptions): Promise<0 | 1 | 2> {
  startAhead(); // its start takes as long as the loading of the rules
  const report = await reportOf(await targetsOf(args, projectRoot), args.join(", ") || "dev", options);
  const code = exitCodeOf(report);
  // Said before it is written: whoever reads may stop reading.
  process.exitCode = code;
  const text = reportText(report, options);
  if (options.output) writeText(options.output, text);
  else process.stdout.write(text);
  // Where the report is for a machine, a person still learns why it is not whole.
  if (options.output || options.format !== "human")
    for (const line of [...lostLines(report), ...emptyLines(report)]) console.error(line);
  return code;
}
