import { writeFileSync } from "node:fs";
import { exitCodeOf, type Report, sentence } from "../policy/report/report";
import { targetsOf } from "./check-targets";
import { type JudgeOptions, reportOf } from "./judge-targets";
import { projectRoot } from "./project";

export { reasonOf } from "./judge-targets";

/** What a person may say to `hardened check`. */
export interface CheckOptions extends JudgeOptions {
  readonly format: string;
  readonly output?: string;
}

// A format is loaded when it is asked for, as one object is judged in less time than all of them take to load.
const formats: Readonly<Record<string, (report: Report) => string>> = {
  human,
  json: (report) => (require("../policy/report/json") as typeof import("../policy/report/json")).formatJson(report),
  markdown: (report) =>
    (require("../policy/report/markdown") as typeof import("../policy/report/markdown")).formatMarkdown(report),
  sarif: (report) =>
    (require("../policy/report/sarif") as typeof import("../policy/report/sarif")).formatSarif(report, {
      version: "0.1.0",
      pathOf: (finding, unit) => pathOf(finding.file, unit),
    }),
  junit: (report) => (require("../policy/report/junit") as typeof import("../policy/report/junit")).formatJunit(report),
  openreports: (report) =>
    (require("../policy/report/openreports") as typeof import("../policy/report/openreports")).formatOpenReports(
      report,
    ),
  html: (report) => (require("../policy/report/html") as typeof import("../policy/report/html")).formatHtml(report),
};
/** `mailroom/templates/x.yaml` as Helm names it → where it lies in the repository. */
const pathOf = (file: string | undefined, unit: string): string =>
  file ? (/^[\w.-]+\/(templates|charts|crds)\//.test(file) ? `charts/${file}` : file) : unit;

function human(report: Report): string {
  const { formatHuman } = require("../policy/report/human") as typeof import("../policy/report/human");
  const color = process.stdout.isTTY === true;
  const parts = report.units
    .filter(({ verdict }) => verdict.findings.length + (verdict.exempted?.length ?? 0) > 0)
    .map(({ name, verdict }) => `${name}\n${formatHuman(verdict, { profile: report.profile, color })}`);
  const lost = report.unjudged.map(({ name, reason }) => `${name} could not be judged: ${reason}\n`);
  return `${[...parts, ...lost].join("\n")}${sentence(report)}\n`;
}

/** Judges stacks, charts, manifests or state and writes the report. Gives 0 clean, 1 violations, 2 when something could not be judged. */
export async function check(args: readonly string[], options: CheckOptions): Promise<0 | 1 | 2> {
  const report = await reportOf(targetsOf(args, projectRoot), args.join(", ") || "dev", options);
  const text = (formats[options.format] as (report: Report) => string)(report);
  if (options.output) writeFileSync(options.output, text);
  else process.stdout.write(text);
  return exitCodeOf(report);
}
