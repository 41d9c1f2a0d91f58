/** A report as OpenReports objects (openreports.io/v1alpha1), for the interfaces that show such reports inside a cluster. */
import { dump } from "js-yaml";
import type { Finding } from "../contract";
import { saidOf } from "../evaluate/catalogue";
import { exemptionText, printable } from "../message";
import { allExempted, allFindings, type Report } from "./report";

/** One Report for each namespace with findings, one ClusterReport for objects of the whole cluster, and one for what could not be evaluated.
 *  Where nothing was found it is an empty ClusterReport: an empty file would look like a run that broke. */
export function formatOpenReports(report: Report): string {
  const found = allFindings(report).map(
    ({ finding, mandatory }): Result => ({ finding, result: mandatory ? "fail" : "warn", message: saidOf(finding) }),
  );
  const excused = allExempted(report).map(
    (one): Result => ({
      finding: one.finding,
      result: "skip",
      message: printable(`${saidOf(one.finding)}; ${exemptionText(one)}`),
    }),
  );
  const lost = report.unjudged.map(
    ({ name, reason }): Result => ({
      result: "error",
      message: printable(`${name} could not be evaluated: ${reason}`),
    }),
  );
  const places = new Map<string, Result[]>();
  for (const result of [...found, ...excused, ...lost]) {
    const place = printable(result.finding?.object.namespace ?? "");
    const there = places.get(place);
    if (there) there.push(result);
    else places.set(place, [result]);
  }
  if (places.size === 0) places.set("", []);
  return [...places].map((place) => `---\n${dump(document(place, report), { lineWidth: -1 })}`).join("");
}

/** One line of a report; without a finding it is about what could not be evaluated. */
interface Result {
  readonly finding?: Finding;
  readonly result: "fail" | "warn" | "error" | "skip";
  readonly message: string;
}

function document([namespace, results]: readonly [string, readonly Result[]], { profile }: Report): object {
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) summary[result] += 1;
  const name = `hardened-${profile}`;
  return {
    apiVersion: "openreports.io/v1alpha1",
    kind: namespace === "" ? "ClusterReport" : "Report",
    metadata: namespace === "" ? { name } : { name, namespace },
    source: "hardened",
    summary,
    results: results.map(({ finding, result, message }) => ({
      source: "hardened",
      policy: finding?.rule ?? "release-renders",
      result,
      ...(finding && { severity: finding.severity }),
      message,
      ...(finding && {
        resources: [Object.fromEntries(Object.entries(finding.object).map(([key, text]) => [key, printable(text)]))],
        properties: {
          field: printable(finding.field),
          ...(finding.file && { file: printable(finding.file) }),
          ...(finding.line && { line: String(finding.line) }),
        },
      }),
    })),
  };
}
