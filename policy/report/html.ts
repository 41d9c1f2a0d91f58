/** A report as one HTML file without scripts or outside parts, and forbidden to have any: opens anywhere, light and dark. */
import { saidOf } from "../evaluate/catalogue";
import { exemptionText, objectText } from "../message";
import { allExempted, allFindings, profilesOf, type Report, sentence } from "./report";
import { escapeXml } from "./xml";

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem;border-bottom:1px solid #8886}
.mandatory{color:#b3261e}.advisory{color:#8a5a00}@media(prefers-color-scheme:dark){.mandatory{color:#ffb4ab}.advisory{color:#ffcc80}}code{font-size:.9em}`;

export function formatHtml(report: Report): string {
  const title = escapeXml(`Policy: ${report.target} (${profilesOf(report)})`);
  const rows = allFindings(report).map(({ unit, finding, mandatory }) => {
    const level = mandatory ? "mandatory" : "advisory";
    const place = finding.file
      ? `<br><code>${escapeXml(`${finding.file}${finding.line ? `:${finding.line}` : ""}`)}</code>`
      : "";
    return `<tr><td class="${level}">${level}</td><td><code>${finding.rule}</code><br>${finding.severity}</td><td>${escapeXml(unit.name)}<br>${escapeXml(objectText(finding.object))}</td><td>${escapeXml(saidOf(finding))}${place}</td></tr>`;
  });
  for (const one of allExempted(report)) {
    const { rule, severity, object } = one.finding;
    const text = `${saidOf(one.finding)}; ${exemptionText(one)}`;
    rows.push(
      `<tr><td>exempt</td><td><code>${rule}</code><br>${severity}</td><td>${escapeXml(one.unit.name)}<br>${escapeXml(objectText(object))}</td><td>${escapeXml(text)}</td></tr>`,
    );
  }
  const lost = report.unjudged.map(
    ({ name, reason }) => `<li class="mandatory">${escapeXml(name)} could not be evaluated: ${escapeXml(reason)}</li>`,
  );
  const table =
    rows.length === 0
      ? "<p>Nothing found.</p>"
      : `<table><thead><tr><th scope="col">Level</th><th scope="col">Rule</th><th scope="col">Object</th><th scope="col">Finding and fix</th></tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>\n<body><main><h1>${title}</h1><p>${escapeXml(sentence(report))}</p>${lost.length > 0 ? `<ul>${lost.join("")}</ul>` : ""}${table}</main></body></html>\n`;
}
