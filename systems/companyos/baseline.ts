import { z } from "zod";
import { cpu, memory, quantity, text } from "../schema";

const percentiles = (amount: z.ZodString) =>
  z.strictObject({
    p50: amount.describe("50th percentile."),
    p95: amount
      .refine((written) => quantity(written) > 0, "expected more than 0: the request follows from it")
      .describe("95th percentile."),
  });

/** A measured baseline, or a dated exception from having one. */
export const baseline = z
  .strictObject({
    date: z.iso.date('expected a date in quotes such as "2026-11-30"').describe("Day of the measurement."),
    source: text("where the figures come from, such as a load test's report").describe("Source of the figures."),
    cpu: percentiles(cpu).optional().describe("CPU of one pod."),
    memory: percentiles(memory).optional().describe("Memory of one pod."),
    exception: text("why there are no figures yet")
      .optional()
      .describe("Why there are no figures; shown in every run."),
    expires: z.iso
      .date('expected a date in quotes such as "2027-01-31"')
      .optional()
      .describe("Last day the exception applies."),
  })
  .refine((one) => one.exception !== undefined || (one.cpu && one.memory), {
    path: ["cpu"],
    message: "expected cpu and memory with p50 and p95, or an exception with its reason and expires",
  })
  .refine((one) => one.exception === undefined || one.expires !== undefined, {
    path: ["expires"],
    message: "expected the last day the exception counts",
  })
  .describe("Measured resource use of the service; its resources are derived from it.");
