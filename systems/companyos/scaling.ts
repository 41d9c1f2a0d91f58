import { z } from "zod";
import { flag, wholeNumber } from "../schema";

/** Number of pods of a service, their topology spread, and their disruption budget. */

export const autoscaling = z
  .strictObject({
    enabled: flag().optional().describe("Whether the replicas are autoscaled."),
    min: wholeNumber(1, 500, "from 1 to 500: scaling to zero is an outage at the first request")
      .optional()
      .describe("Minimum replicas."),
    max: wholeNumber(1, 500).optional().describe("Maximum replicas."),
    cpu: wholeNumber(1, 400, "of percent from 1 to 100, or to 400 with cpuAbove100")
      .default(70)
      .describe("Target CPU utilization, in percent of the request."),
    cpuAbove100: flag()
      .default(false)
      .describe("Allows a cpu target above 100, for pods that use more than their request."),
    rps: wholeNumber(1, 100_000).optional().describe("Target requests per second per pod; requires a metrics adapter."),
    scaleDownWindowSeconds: wholeNumber(0, 3600).default(300).describe("Scale-down stabilization window in seconds."),
  })
  .superRefine(({ min, max, cpu, cpuAbove100 }, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if (min !== undefined && max !== undefined && min > max)
      refuse("max", `the most (${max}) is below the least (${min}); raise max or lower min`);
    if (cpu > 100 && !cpuAbove100)
      refuse("cpu", "expected a whole number of percent from 1 to 100; cpuAbove100: true allows more");
  });

export const pdb = z
  .strictObject({
    minAvailable: wholeNumber(1, 499)
      .optional()
      .describe("Pods that must remain available; below the number of replicas."),
    maxUnavailable: wholeNumber(1, 499).optional().describe("Pods that may be unavailable at the same time."),
  })
  .refine((one) => (one.minAvailable === undefined) !== (one.maxUnavailable === undefined), {
    message: "minAvailable and maxUnavailable: choose one",
  });

export const vpa = z.strictObject({
  enabled: flag().optional().describe("Whether recommendations are computed."),
  mode: z
    .literal("Off", "expected Off: one that changes requests works against the autoscaler and restarts pods")
    .default("Off")
    .describe("Recommendations only."),
});

/** Topology spread: hard leaves pods Pending rather than together (DoNotSchedule), soft prefers to spread (ScheduleAnyway), off has no constraint. */
const spreads = z.enum(["soft", "hard", "off"], "expected soft, hard or off");
export const spread = z.strictObject({
  zone: spreads.optional().describe("Spread over zones."),
  host: spreads.optional().describe("Spread over nodes."),
});
