/** A report for programs: one JSON document, the same keys whatever was found. */
import { ruleOf, saidOf } from "../evaluate/catalogue";
import { complaintOf } from "../message";
import { jsonText } from "../printable-text";
import { allExempted, allFindings, profilesOf, type Report, totalsOf } from "./report";

export function formatJson(report: Report): string {
  const findings = allFindings(report).map(({ unit, finding, mandatory }) => ({
    unit: unit.name,
    ...finding,
    enforcement: mandatory ? "mandatory" : "advisory",
    complaint: complaintOf(finding),
    controls: ruleOf(finding.rule).controls,
    message: saidOf(finding),
  }));
  const exempted = allExempted(report).map((one) => ({
    ...one,
    unit: one.unit.name,
    complaint: complaintOf(one.finding),
  }));
  const declared = report.units.flatMap(({ name, verdict }) =>
    (verdict.declared ?? []).map((one) => ({ ...one, unit: name })),
  );
  const { target, unjudged } = report;
  const profile = profilesOf(report);
  return `${jsonText({ target, profile, totals: totalsOf(report), findings, exempted, declared, unjudged }, 2)}\n`;
}
