import { join } from "node:path";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import type { StackConfig } from "../../config/stack-schema";
import { tool } from "../../config/version";
import { table } from "../../process/table";
import {
  clusterOf,
  commitOfCheckout,
  type EvidenceHeader,
  evidenceFolder,
  shown,
  storeEvidence,
} from "../readiness/evidence";
import type { RollbackRecord } from "./bad-release";
import { type BudgetUse, budgetUse, type Slo } from "./budget";
import { countDrill } from "./chaos-metrics";
import { type Figures, figuresOf } from "./samples";
import type { Sample } from "./stream";
import type { Target } from "./target";

/** Result of a drill: its evidence file. */
export interface DrillReport extends EvidenceHeader {
  readonly experiment: string;
  readonly namespace: string;
  readonly service: string;
  readonly pods: number;
  readonly endpoint: string;
  readonly rate: number;
  readonly slo: Slo;
  /** Figures before the disturbance, from its start until all pods were ready again, and after. */
  readonly before: Figures;
  readonly during: Figures;
  readonly after: Figures;
  /** Evaluated: during and after together. */
  readonly budget: BudgetUse;
  readonly disturbedSeconds: number;
  readonly events: readonly { readonly time: string; readonly what: string }[];
  readonly rollback?: RollbackRecord;
  /** Why the verdict is not "passed". */
  readonly reason?: string;
}

/** A report with the path of its evidence file. */
export type StoredDrill = DrillReport & { readonly file: string };

/** Input of a drill's report. */
export interface DrillRecord {
  readonly experiment: string;
  readonly config: StackConfig;
  readonly slo: Slo;
  readonly options: { readonly rate: number; readonly evidence?: string; readonly metrics?: string };
  readonly target: Target;
  readonly pods: number;
  readonly endpoint: string;
  readonly began: Date;
  readonly events: DrillReport["events"];
  readonly ended: "done" | "stopped" | "interrupted";
  readonly reason?: string;
  readonly rollback?: RollbackRecord;
  readonly samples: readonly Sample[];
}

const verdictOf = (ended: DrillRecord["ended"], { within }: BudgetUse): DrillReport["verdict"] => {
  if (ended === "interrupted") return "interrupted";
  if (!within) return "failed";
  return ended === "done" ? "passed" : "stopped";
};

/** Evaluates a drill, stores its evidence and adds it to the counters. An interrupted one is stored, but not counted. */
export async function record(drill: DrillRecord): Promise<StoredDrill> {
  const { experiment, config, slo, options, target, samples, ended } = drill;
  const of = (...phases: string[]): readonly Sample[] => samples.filter(({ phase }) => phases.includes(phase));
  const evaluated = of("during", "after");
  const budget = budgetUse(evaluated.length, evaluated.filter(({ failure }) => failure !== undefined).length, slo);
  const verdict = verdictOf(ended, budget);
  const during = of("during");
  const broke = `${budget.failed} of ${budget.requests} requests failed: ${budget.usedPercent} % of the error budget, at most ${slo.maxBudgetPerDrill} % may be used`;
  const reason = verdict === "failed" ? [broke, drill.reason].filter(Boolean).join("; ") : drill.reason;
  const report: DrillReport = {
    kind: "drill",
    time: drill.began.toISOString(),
    subject: `${experiment} ${target.service}`,
    stack: config.stack,
    chart: target.chart ?? "",
    commit: commitOfCheckout(),
    cluster: await clusterOf(new VerifiedCluster(config.cluster, 2)),
    tool,
    verdict,
    experiment,
    namespace: target.namespace,
    service: target.service,
    pods: drill.pods,
    endpoint: drill.endpoint,
    rate: options.rate,
    slo,
    before: figuresOf(of("before")),
    during: figuresOf(during),
    after: figuresOf(of("after")),
    budget,
    disturbedSeconds: Math.round((during.at(-1)?.at ?? 0) - (during[0]?.at ?? 0)) / 1000,
    events: drill.events,
    ...(drill.rollback && { rollback: drill.rollback }),
    ...(reason !== undefined && { reason }),
  };
  const folder = evidenceFolder(config.stack, options.evidence);
  const file = storeEvidence(folder, report);
  if (verdict !== "interrupted") {
    countDrill(options.metrics ?? join(folder, "chaos.prom"), {
      experiment,
      service: target.service,
      failed: verdict !== "passed",
      budgetUsedPercent: budget.usedPercent,
      timeSeconds: Math.floor(Date.now() / 1000),
    });
  }
  return { ...report, file };
}

/** Exit code: 0 within the budget, 1 over it, 2 stopped before the end, 130 interrupted. */
export const exitCodeOfDrill = ({ verdict }: DrillReport): number =>
  ({ passed: 0, failed: 1, stopped: 2, interrupted: 130 })[verdict];

/** The figures as text. */
export function formatDrill(report: StoredDrill): string {
  const row = (name: string, { requests, failed, availability, p50, p95, max }: Figures): string[] => [
    name,
    String(requests),
    String(failed),
    `${availability} %`,
    `${p50} ms`,
    `${p95} ms`,
    `${max} ms`,
  ];
  const { budget, slo, verdict, reason } = report;
  const sum = `${budget.failed} of ${budget.requests} requests failed, ${budget.usedPercent} % of the error budget used (target ${slo.target} %, at most ${slo.maxBudgetPerDrill} % a drill)`;
  return [
    table(
      ["PHASE", "REQUESTS", "FAILED", "AVAILABLE", "P50", "P95", "MAX"],
      [row("before", report.before), row("during", report.during), row("after", report.after)],
    ),
    sum,
    `${verdict}${reason === undefined ? "" : `: ${reason}`}`,
    `evidence: ${shown(report.file)}`,
  ].join("\n");
}
