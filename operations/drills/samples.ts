import type { Sample } from "./stream";

/** Figures of a set of requests; times in milliseconds. */
export interface Figures {
  readonly requests: number;
  readonly failed: number;
  /** Percent that succeeded; 100 where there were none. */
  readonly availability: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Failures by reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** The smallest value that a share of all values does not exceed (nearest rank); 0 for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Figures of some requests. Latencies are those of requests that were answered. */
export function figuresOf(samples: readonly Sample[]): Figures {
  const answered = samples.filter(({ failure }) => failure === undefined).map(({ ms }) => ms);
  const failures: Record<string, number> = {};
  for (const { failure } of samples) if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
  const failed = samples.length - answered.length;
  const at = (share: number): number => Math.round(percentile(answered, share) * 10) / 10;
  return {
    requests: samples.length,
    failed,
    availability: samples.length === 0 ? 100 : Math.round((answered.length / samples.length) * 1e6) / 1e4,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    failures,
  };
}
