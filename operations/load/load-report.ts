import { table } from "../../process/table";
import type { Figures } from "../drills/samples";
import { type EvidenceHeader, shown } from "../readiness/evidence";
import { type Baseline, baselineYaml, resourcesFrom } from "./baseline";
import type { LoadTarget } from "./load-scenario";

/** Result of a load test for one service. */
export interface ServiceLoad extends Pick<LoadTarget, "service" | "namespace" | "rate" | "seconds" | "criteria"> {
  readonly chart: string;
  readonly endpoint: string;
  readonly pods: number;
  /** Requests and limits its containers ran with. */
  readonly resources: readonly object[];
  readonly figures: Figures;
  readonly sustained: number;
  /** Absent when no kubelet reports a CPU limit. */
  readonly throttledPercent?: number | undefined;
  readonly outOfMemory: number;
  /** Measurements of the baseline. */
  readonly measurements: number;
  readonly baseline?: Baseline;
  /** Criteria that were not met, a sentence each. */
  readonly problems: readonly string[];
}

/** A load test's evidence file. */
export interface LoadReport extends EvidenceHeader {
  readonly services: readonly ServiceLoad[];
}
export type StoredLoad = LoadReport & { readonly file: string };

/** Criteria that were not met. */
export function problemsOf(found: Omit<ServiceLoad, "problems">): string[] {
  const { criteria, figures, service, throttledPercent: throttled, outOfMemory } = found;
  const errors = 100 - figures.availability;
  const problems: string[] = [];
  if (figures.requests === 0) problems.push(`${service}: not a single request was sent`);
  if (errors > criteria.errorPercent)
    problems.push(
      `${service}: ${figures.failed} of ${figures.requests} requests failed (${errors.toFixed(2)} %), at most ${criteria.errorPercent} % may`,
    );
  if (figures.p95 > criteria.p95Ms)
    problems.push(`${service}: 95 of 100 answers took up to ${figures.p95} ms, at most ${criteria.p95Ms} ms may be`);
  if (throttled === undefined)
    problems.push(`${service}: no pod has a CPU limit that its kubelet tells of: throttling is not known`);
  else if (throttled > criteria.throttledPercent)
    problems.push(
      `${service}: a pod met its CPU limit in ${throttled} % of the periods, at most ${criteria.throttledPercent} % may be: raise the limit or the number of pods`,
    );
  if (outOfMemory > criteria.outOfMemory)
    problems.push(
      `${service}: ${outOfMemory} containers were ended for their memory, at most ${criteria.outOfMemory} may be: raise the limit`,
    );
  return problems;
}

/** The figures, the criteria that were not met, and the baselines for a stack's file. */
export function formatLoad(report: StoredLoad): string {
  const rows = report.services.map(
    ({ service, rate, sustained, figures, throttledPercent: throttled, outOfMemory, problems }) => [
      service,
      `${rate}/s`,
      `${sustained}/s`,
      String(figures.requests),
      String(figures.failed),
      `${figures.p95} ms`,
      throttled === undefined ? "?" : `${throttled} %`,
      String(outOfMemory),
      problems.length === 0 ? "passed" : "failed",
    ],
  );
  const headings = ["SERVICE", "TARGET", "SUSTAINED", "REQUESTS", "FAILED", "P95", "THROTTLED", "OOM", "VERDICT"];
  const baselines = report.services.flatMap(({ service, baseline }) => {
    if (baseline === undefined) return [`${service}: nothing was measured; metrics-server needs half a minute of load`];
    const { requests, limits } = resourcesFrom(baseline) ?? {};
    return [
      `${baselineYaml(service, baseline)}\n# leads to requests ${requests?.cpu} and ${requests?.memory}, limits ${limits?.cpu} and ${limits?.memory}`,
    ];
  });
  return [
    table(headings, rows),
    ...report.services.flatMap(({ problems }) => problems),
    "\nmeasured, for the services of the stack's file:",
    ...baselines,
    `\nload: ${report.verdict}`,
    `evidence: ${shown(report.file)}`,
  ].join("\n");
}
