/** Applies a evaluation to every leaf of a tree of values and says where it stands. */
import type { Finding } from "../contract";
import { lineOf } from "../manifest/position";
import { UNKNOWN } from "../manifest/unknown";
import { leavesOf } from "../manifest/value-leaves";
import type { Complaint } from "./object-rule";
import type { RuleInfo, ValuesSource } from "./rule";

/** Findings of a rule in values. Values come as `field` "values.secrets.token" of the object they were given to, or of the file they stand in. */
export function findingsInValues(
  info: RuleInfo,
  source: ValuesSource,
  evaluate: (field: string, keys: readonly string[], value: unknown) => Iterable<Complaint>,
): Finding[] {
  return [...leavesOf(source.tree)].flatMap(({ keys, path, value }) =>
    [...evaluate(path, keys, value)].map((complaint) => {
      const unknown = complaint.got === UNKNOWN;
      const line = source.text === undefined ? undefined : lineOf(source.text, path);
      return {
        rule: info.id,
        severity: info.severity,
        object: source.object,
        containers: [],
        field: source.text === undefined ? `${source.name}.${complaint.field}` : complaint.field,
        got: unknown ? "a value unknown until deployment" : (complaint.said ?? "a literal"),
        want: complaint.want,
        fix: complaint.fix ?? info.fix,
        ...(source.text !== undefined && { file: source.name }),
        ...(line !== undefined && { line }),
        outcome: unknown ? ("undetermined" as const) : ("fail" as const),
      };
    }),
  );
}
