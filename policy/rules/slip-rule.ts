/** Findings about the text objects were read from, not about the objects. */
import type { Finding, TextSlip } from "../contract";
import type { ObjectRule, RuleInfo } from "./rule";

/** A rule that reports one kind of slip. */
export function slipRule(
  info: RuleInfo,
  kind: TextSlip["kind"],
  words: (what: string) => Pick<Finding, "field" | "got" | "want">,
): ObjectRule {
  return {
    ...info,
    check: (_, { slips = [] }) =>
      slips
        .filter((slip) => slip.kind === kind)
        .map(({ object, what, file, line }) => ({
          rule: info.id,
          severity: info.severity,
          object,
          containers: [],
          ...words(what),
          fix: info.fix,
          file,
          ...(line > 0 && { line }),
          outcome: "fail" as const,
        })),
  };
}
