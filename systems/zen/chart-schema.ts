import { z } from "zod";
import { dnsLabel, flag, wholeNumber } from "../schema";

/** Keys that the charts of agent and watcher share. */

const words = (what: string, pattern: RegExp) => z.array(z.string().regex(pattern, `expected ${what}`));

/** Addresses of a destination that is no pod. */
export const cidrs = (what: string) => words(what, /^[0-9a-f.:]+\/\d{1,3}$/);
export const ports = z.array(wholeNumber(1, 65_535)).min(1, "expected at least one port");

/** Addresses of the API server, which no selector of a NetworkPolicy matches. */
export const apiServer = (who: string) =>
  z
    .strictObject({
      cidrs: cidrs(
        "addresses of the API server such as 10.0.0.1/32; kubectl get endpointslices -n default kubernetes prints them",
      ).describe("Its addresses; required when enabled."),
      ports: ports.describe("Its ports."),
    })
    .describe(`The API server, which is no pod${who}.`);

export const policyShape = {
  enabled: flag().describe("Whether there is a policy; for namespaces that refuse all traffic."),
  monitoringNamespace: dnsLabel("the namespace").describe("Namespace of Prometheus."),
};

/** Lists of words that a template refuses with more than a pattern could say. */
export const wordList = words;

/** A type with every key optional, recursively: a chart's values for a subchart. */
export function deepPartial(type: z.ZodType): z.ZodType {
  if (!(type instanceof z.ZodObject)) return type;
  const shape = Object.fromEntries(
    Object.entries(type.shape as Record<string, z.ZodType>).map(([key, inner]) => [key, deepPartial(inner).optional()]),
  );
  const partial = z.strictObject(shape);
  return type.description === undefined ? partial : partial.describe(type.description);
}
