import { z } from "zod";
import { readDocument } from "../validation/read-document";

const criteria = z
  .strictObject({
    errorPercent: z.number().min(0).max(100).default(0).describe("Percent of requests that may fail."),
    p95Ms: z.number().gt(0).default(500).describe("Milliseconds that 95 of 100 answers may take."),
    throttledPercent: z
      .number()
      .min(0)
      .max(100)
      .default(25)
      .describe("Percent of scheduling periods in which a pod may meet its CPU limit."),
    outOfMemory: z.number().int().min(0).default(0).describe("Containers that may be ended for their memory."),
  })
  .prefault({});

const service = z.strictObject({
  service: z.string().min(1).describe("Kubernetes Service."),
  namespace: z.string().min(1).describe("Its namespace."),
  port: z.string().min(1).optional().describe("Port of the Service, by name or number."),
  path: z.string().startsWith("/").default("/").describe("Path that is asked for."),
  url: z
    .string()
    .min(1)
    .optional()
    .describe("Address requests are sent to; default: port-forwards to the Service's pods."),
  rate: z.number().int().min(1).max(5000).describe("Requests a second it must sustain."),
  seconds: z.number().int().min(5).max(3600).default(60).describe("How long."),
  criteria,
});

const shape = z.strictObject({ services: z.array(service).min(1) });

/** Load on one service, and its acceptance criteria. */
export type LoadTarget = z.output<typeof service>;

/** Reads a scenario. Throws a UserError with every error in the file. */
export const readScenario = (file: string): readonly LoadTarget[] =>
  readDocument(file, shape, { kind: "scenario" }).services;
