import { existsSync, readFileSync } from "node:fs";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import { z } from "zod";
import { explainConfig } from "../../policy/config/explain-config";
import { decodeText } from "../../policy/manifest/decode-text";
import { UserError } from "../../process/user-error";

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

/** Load on one service, and what it must bear (COS-38). */
export type LoadTarget = z.output<typeof service>;

/** Reads a scenario. Throws a UserError with every mistake in the file. */
export function readScenario(file: string): readonly LoadTarget[] {
  if (!existsSync(file)) throw new UserError(`there is no scenario ${file}`, 2);
  let document: unknown;
  try {
    document = load(decodeText(readFileSync(file)), { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UserError(`${file}:${(error.mark?.line ?? 0) + 1}: not valid YAML: ${error.reason}`, 2);
  }
  const { success, data, error } = shape.safeParse(document);
  if (success) return data.services;
  const mistakes = explainConfig(error, shape, file).map((line) => `  ${line}`);
  throw new UserError(`${file} is no scenario:\n${mistakes.join("\n")}`, 2);
}
