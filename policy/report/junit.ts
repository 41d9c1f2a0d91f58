/** A report as JUnit XML: a suite for each unit, a case for each rule, so that every CI shows what passed and what failed. */

import { rules, saidOf } from "../evaluate/catalogue";
import { exemptionText } from "../message";
import { type EvaluatedUnit, isMandatory, profileOf, type Report } from "./report";
import { escapeXml } from "./xml";

export function formatJunit(report: Report): string {
  const suites = report.units.map((unit) => suite(unit, report));
  const lost = report.unjudged.map(
    ({ name, reason }) =>
      `  <testsuite name="${escapeXml(name)}" tests="1" failures="0" errors="1">\n    <testcase classname="${escapeXml(name)}" name="can be evaluated">\n      <error message="${escapeXml(reason)}"/>\n    </testcase>\n  </testsuite>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeXml(report.target)}">\n${[...suites, ...lost].join("\n")}\n</testsuites>\n`;
}

function suite(unit: EvaluatedUnit, report: Report): string {
  const { name, verdict } = unit;
  const profile = profileOf(unit, report);
  const evaluated = rules.filter(({ enforcement }) => enforcement[profile] !== "disabled");
  let failures = 0;
  const cases = evaluated.map(({ id }) => {
    const found = verdict.findings.filter((finding) => finding.rule === id);
    const refused = found.filter((finding) => isMandatory(finding, profile));
    const open = `    <testcase classname="${escapeXml(name)}" name="${id}"`;
    const exempt = (verdict.exempted ?? []).filter(({ finding }) => finding.rule === id);
    const excused = exempt.map((one) => `${saidOf(one.finding)}; ${exemptionText(one)}`);
    if (found.length + exempt.length === 0) return `${open}/>`;
    const text = escapeXml([...found.map(saidOf), ...excused].join("\n"));
    if (refused.length === 0) return `${open}>\n      <system-out>${text}</system-out>\n    </testcase>`;
    failures += 1;
    return `${open}>\n      <failure message="${escapeXml(`${refused.length} violation(s)`)}">${text}</failure>\n    </testcase>`;
  });
  return `  <testsuite name="${escapeXml(name)}" tests="${evaluated.length}" failures="${failures}" errors="0">\n${cases.join("\n")}\n  </testsuite>`;
}
