import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeAtomic } from "../../process/atomic-write";

/** Outcome of one drill, for the counters. */
export interface DrillOutcome {
  readonly experiment: string;
  readonly service: string;
  readonly failed: boolean;
  /** Percent of the drill's own error budget that it used. */
  readonly budgetUsedPercent: number;
  readonly timeSeconds: number;
}

type Kind = "counter" | "gauge";
/** Metrics of the file, with their kind and help. */
const metrics: Readonly<Record<string, readonly [Kind, string]>> = {
  chaos_test_runs_total: ["counter", "Drills that ran to their verdict."],
  chaos_test_failures_total: ["counter", "Drills that broke the error budget or were stopped by a disruption budget."],
  chaos_test_budget_used_percent: ["gauge", "Percent of its own error budget that the last drill used."],
  chaos_test_last_run_timestamp_seconds: ["gauge", "When the last drill ended."],
};

/** Values by `name{labels}`, as the file has them. */
function read(file: string): Map<string, number> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").matchAll(/^([a-z_]+\{[^\n]*\}) (\S+)$/gm);
  return new Map([...lines].map(([, series, value]) => [series as string, Number(value)]));
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/**
 * Adds a drill to the counters of a file in Prometheus' text exposition format, as the node exporter's textfile collector reads
 * it. The file keeps them between drills; a service's counters begin with its first one.
 */
export function countDrill(
  file: string,
  { experiment, service, failed, budgetUsedPercent, timeSeconds }: DrillOutcome,
): void {
  const values = read(file);
  const labels = `{experiment="${escaped(experiment)}",service="${escaped(service)}"}`;
  const add = (name: string, by: number): void => void values.set(name + labels, (values.get(name + labels) ?? 0) + by);
  add("chaos_test_runs_total", 1);
  add("chaos_test_failures_total", failed ? 1 : 0);
  values.set(`chaos_test_budget_used_percent${labels}`, budgetUsedPercent);
  values.set(`chaos_test_last_run_timestamp_seconds${labels}`, timeSeconds);
  const parts = Object.entries(metrics).map(([name, [kind, help]]) => {
    const lines = [...values]
      .filter(([series]) => series.startsWith(`${name}{`))
      .map(([series, value]) => `${series} ${value}`);
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines.sort(), ""].join("\n");
  });
  mkdirSync(dirname(file), { recursive: true });
  writeAtomic(file, parts.join(""), 0o644);
}
