import type { StackConfig } from "../../config/stack-schema";
import { UserError } from "../../process/user-error";

/** Service level objective of a stack, and the share of its error budget that one drill may use. Both in percent. */
export interface Slo {
  /** Share of requests that must succeed, e.g. 99.9. */
  readonly target: number;
  /** Share of the drill's own error budget it may use: 100 means the target holds while the drill runs. */
  readonly maxBudgetPerDrill: number;
}

/** Error budget used by a drill. */
export interface BudgetUse {
  readonly requests: number;
  readonly failed: number;
  /** Percent of requests that succeeded. */
  readonly availability: number;
  /** Failures the target allows among so many requests: requests × (100 − target) / 100. */
  readonly allowedFailures: number;
  /** Percent of those that happened. */
  readonly usedPercent: number;
  readonly within: boolean;
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Evaluates request counts against the objective. No requests at all are never within the budget: they show nothing. */
export function budgetUse(requests: number, failed: number, slo: Slo): BudgetUse {
  const allowed = (requests * (100 - slo.target)) / 100;
  const used = requests === 0 ? 0 : (failed / allowed) * 100;
  return {
    requests,
    failed,
    availability: requests === 0 ? 0 : round(((requests - failed) / requests) * 100),
    allowedFailures: round(allowed),
    usedPercent: round(used),
    // The verdict uses the unrounded figure.
    within: requests > 0 && used <= slo.maxBudgetPerDrill + 1e-9,
  };
}

/** The stack's objective. Throws a UserError that names every missing setting: a drill without an objective shows nothing. */
export function sloOf({ stack, slo }: Pick<StackConfig, "stack" | "slo">): Slo {
  const missing = (["target", "maxBudgetPerDrill"] as const).filter((key) => slo?.[key] === undefined);
  if (slo?.target !== undefined && slo.maxBudgetPerDrill !== undefined)
    return { target: slo.target, maxBudgetPerDrill: slo.maxBudgetPerDrill };
  const keys = missing.map((key) => `hardened:slo.${key}`).join(" and ");
  throw new UserError(
    `a drill needs a measure: Pulumi.${stack}.yaml does not set ${keys}; for example hardened:slo: { target: 99.9, maxBudgetPerDrill: 100 }`,
    2,
  );
}
