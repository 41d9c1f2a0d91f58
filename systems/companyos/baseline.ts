import { z } from "zod";
import { cpu, memory, quantity, text } from "../schema";

const percentiles = (amount: z.ZodString) =>
  z.strictObject({
    p50: amount.describe("Half of the time it used no more."),
    p95: amount
      .refine((written) => quantity(written) > 0, "expected more than 0: the request follows from it")
      .describe("95 of 100 times it used no more."),
  });

/** A measured baseline, or a dated exception from having one (COS-03, COS-58). */
export const baseline = z
  .strictObject({
    date: z.iso.date('expected a date in quotes such as "2026-11-30"').describe("Day of the measurement."),
    source: text("where the figures come from, such as a load test's report").describe("Where the figures come from."),
    cpu: percentiles(cpu).optional().describe("CPU of one pod."),
    memory: percentiles(memory).optional().describe("Memory of one pod."),
    exception: text("why there are no figures yet")
      .optional()
      .describe("Why there are no figures; shown at every run."),
    expires: z.iso
      .date('expected a date in quotes such as "2027-01-31"')
      .optional()
      .describe("Last day the exception counts."),
  })
  .refine((one) => one.exception !== undefined || (one.cpu && one.memory), {
    path: ["cpu"],
    message: "expected cpu and memory with p50 and p95, or an exception with its reason and expires",
  })
  .refine((one) => one.exception === undefined || one.expires !== undefined, {
    path: ["expires"],
    message: "expected the last day the exception counts",
  })
  .describe("What the service was measured to use; its resources follow from it.");
