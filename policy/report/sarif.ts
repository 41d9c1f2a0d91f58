/** A report as SARIF 2.1.0, for code-scanning views: file and line are those of the template. */
import { join } from "node:path";
import type { Finding, Severity, SuppressedFinding } from "../contract";
import { ruleOf, saidOf } from "../evaluate/catalogue";
import { exemptionText, objectText, printable } from "../message";
import { jsonText } from "../printable-text";
import { allExempted, allFindings, type EvaluatedUnit, isMandatory, profileOf, type Report } from "./report";

/** GitHub's scale of security-severity, 0.1 to 10. */
const scores: Readonly<Record<Severity, string>> = { low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" };

export interface SarifOptions {
  /** Version of the pack. */
  readonly version: string;
}

export function formatSarif(report: Report, options: SarifOptions): string {
  const excused = allExempted(report).map((one) => ({
    ...one,
    mandatory: isMandatory(one.finding, profileOf(one.unit, report)),
  }));
  const findings = [...allFindings(report), ...excused];
  const ids = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
  const rules = ids.map((id) => {
    const { description, fix, severity, controls } = ruleOf(id);
    return {
      id,
      shortDescription: { text: description },
      help: { text: fix },
      properties: { "security-severity": scores[severity], tags: ["security", ...controls] },
    };
  });
  const results = findings.map(({ unit, finding, mandatory }, index) => ({
    ruleId: finding.rule,
    ruleIndex: ids.indexOf(finding.rule),
    level: mandatory ? "error" : "warning",
    message: { text: saidOf(finding) },
    locations: [location(finding, unit)],
    ...suppression(excused[index - findings.length + excused.length]),
    partialFingerprints: {
      "hardened/v1": [unit.name, finding.rule, objectText(finding.object), finding.field].join("|"),
    },
  }));
  const notifications = report.unjudged.map(({ name, reason }) => ({
    level: "error",
    message: { text: printable(`${name}: ${reason}`) },
  }));
  const run = {
    tool: { driver: { name: "hardened", version: options.version, rules } },
    invocations: [{ executionSuccessful: report.unjudged.length === 0, toolExecutionNotifications: notifications }],
    results,
  };
  const schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return `${jsonText({ $schema: schema, version: "2.1.0", runs: [run] }, 2)}\n`;
}

function suppression(exempted: SuppressedFinding | undefined): object {
  return exempted === undefined ? {} : { suppressions: [{ kind: "external", justification: exemptionText(exempted) }] };
}

function location(finding: Finding, unit: EvaluatedUnit): object {
  const uri = encodeURI(printable(pathOf(finding, unit)))
    .replaceAll("#", "%23")
    .replaceAll("?", "%3F");
  return {
    physicalLocation: { artifactLocation: { uri }, region: { startLine: finding.line ?? 1 } },
    logicalLocations: [{ fullyQualifiedName: `${objectText(finding.object)}.${finding.field}` }],
  };
}

/** The file a person has to open. Helm names the files of a chart "<name of the chart>/templates/job.yaml", wherever the chart lies. */
function pathOf({ file }: Finding, { name, source }: EvaluatedUnit): string {
  if (source === undefined) return file ?? name;
  if ("file" in source) return file ?? source.file;
  return join(source.chart, file === undefined ? "Chart.yaml" : file.slice(file.indexOf("/") + 1));
}
