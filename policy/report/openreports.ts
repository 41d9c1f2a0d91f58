/** A report as OpenReports objects (openreports.io/v1alpha1), for the interfaces that show such reports inside a cluster. */
import { dump } from "js-yaml";
import type { Exempted } from "../contract";
import { exemptionText, messageOf } from "../message";
import { isMandatory, type Report } from "./report";

/** One Report for each namespace that has findings or was judged; without a namespace it goes to "default". */
export function formatOpenReports(report: Report): string {
  const byNamespace = new Map<string, Result[]>();
  for (const { name, verdict } of report.units) {
    const own = name.includes("/") ? (name.split("/")[0] as string) : "default";
    if (!byNamespace.has(own)) byNamespace.set(own, []);
    for (const result of [...verdict.findings.map((finding) => ({ finding })), ...(verdict.exempted ?? [])]) {
      const namespace = result.finding.object.namespace ?? own;
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), result]);
    }
  }
  const documents = [...byNamespace].map(([namespace, results]) => {
    const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
    for (const result of results) summary[resultOf(result, report)] += 1;
    return {
      apiVersion: "openreports.io/v1alpha1",
      kind: "Report",
      metadata: { name: `hardened-${report.profile}`, namespace },
      source: "hardened",
      summary,
      results: results.map(({ finding, exemption }) => ({
        source: "hardened",
        policy: finding.rule,
        result: resultOf({ finding, exemption }, report),
        severity: finding.severity,
        message: exemption ? `${messageOf(finding)}; ${exemptionText({ exemption })}` : messageOf(finding),
        subjects: [{ ...finding.object, namespace: finding.object.namespace ?? namespace }],
        properties: { field: finding.field, ...(finding.file && { file: finding.file }) },
      })),
    };
  });
  return documents.map((one) => `---\n${dump(one, { lineWidth: -1 })}`).join("");
}

/** A finding, and why it does not count when it does not. */
type Result = Pick<Exempted, "finding"> & { readonly exemption?: Exempted["exemption"] | undefined };

function resultOf({ finding, exemption }: Result, report: Report): "fail" | "warn" | "skip" {
  if (exemption !== undefined) return "skip";
  return isMandatory(finding, report) ? "fail" : "warn";
}
