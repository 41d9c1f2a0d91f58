/** A report for programs: one JSON document, the same keys whatever was found. */
import { complaintOf, messageOf } from "../message";
import { allExempted, allFindings, isMandatory, type Report, totalsOf } from "./report";

export function formatJson(report: Report): string {
  const findings = allFindings(report).map(({ unit, finding }) => ({
    unit,
    ...finding,
    enforcement: isMandatory(finding, report) ? "mandatory" : "advisory",
    complaint: complaintOf(finding),
    message: messageOf(finding),
  }));
  const exempted = allExempted(report).map((one) => ({ ...one, complaint: complaintOf(one.finding) }));
  const { target, profile, unjudged } = report;
  return `${JSON.stringify({ target, profile, totals: totalsOf(report), findings, exempted, unjudged }, null, 2)}\n`;
}
