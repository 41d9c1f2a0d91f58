import { dump } from "js-yaml";
import { fromBaseline } from "../../systems/companyos/environment-defaults";
import { percentile } from "../drills/samples";
import type { Usage } from "./pod-usage";

/** Measured usage of one pod of a service, in the form of `services.<name>.baseline` of a stack's file. */
export interface Baseline {
  readonly date: string;
  readonly source: string;
  readonly cpu: { readonly p50: string; readonly p95: string };
  readonly memory: { readonly p50: string; readonly p95: string };
}

/** Aggregates measurements; undefined where there are none. Amounts are rounded up: a request must not be below the measured usage. */
export function baselineOf(usages: readonly Usage[], date: string, source: string): Baseline | undefined {
  if (usages.length === 0) return undefined;
  const cpu = (share: number): string =>
    `${Math.max(
      1,
      Math.ceil(
        percentile(
          usages.map((one) => one.cpu),
          share,
        ),
      ),
    )}m`;
  const memory = (share: number): string =>
    `${Math.max(
      1,
      Math.ceil(
        percentile(
          usages.map((one) => one.memory),
          share,
        ) /
          2 ** 20,
      ),
    )}Mi`;
  return { date, source, cpu: { p50: cpu(0.5), p95: cpu(0.95) }, memory: { p50: memory(0.5), p95: memory(0.95) } };
}

/** The resources derived from a baseline where a service sets none. */
export const resourcesFrom = (baseline: Baseline) => fromBaseline(baseline);

/** The lines for a stack's file. */
export const baselineYaml = (service: string, baseline: Baseline): string =>
  dump({ [service]: { baseline } }, { lineWidth: -1, quotingType: '"' }).trimEnd();
