/** The rules of monitoring/ as data, and the real promtool. */
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { toolPath } from "../../../process/toolchain/locate";
import { type Result, run } from "../../support/run";
import { filesBelow, root, textOf } from "../../support/tree";

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  /** File name without its ending: the topic. */
  readonly stem: string;
  readonly file: string;
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** Every file of operations/monitoring/rules. */
export const ruleFiles: readonly RuleFile[] = filesBelow(["operations/monitoring/rules"], [".yaml"]).map((file) => ({
  stem: basename(file, ".yaml"),
  file,
  groups: (load(textOf(file)) as Pick<RuleFile, "groups">).groups,
}));

export const rules: readonly Rule[] = ruleFiles.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
export const alerts = rules.filter(
  (rule): rule is Rule & { alert: string; annotations: Record<string, string> } => rule.alert !== undefined,
);
/** Names of the metrics that the rules record. */
export const recorded: readonly string[] = [...new Set(rules.flatMap(({ record }) => record ?? []))];

/** Metric names an expression reads; a matcher on the name by alternatives counts for each. */
export function metricsOf(expr: string): string[] {
  const code = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ");
  const names = [...code.replaceAll(/\{[^}]*\}/g, "{}").matchAll(/[a-z_:][a-z0-9_:]*\b(?!\s*\()/gi)].map(String);
  const keywords = new Set(["and", "or", "unless", "bool", "offset", "by", "on", "m", "h", "d", "s"]);
  const plain = names.filter((name) => !keywords.has(name) && /_|:|^up$/.test(name) && !name.startsWith("_"));
  const byName = [...expr.matchAll(/__name__=~"([^"]*)"/g)].map(([, pattern]) => pattern as string);
  return [...new Set([...plain, ...byName.flatMap(alternatives)])];
}

/** "a_(b|c)" → a_b, a_c; "(a)?b" → ab, b. */
function alternatives(pattern: string): string[] {
  const [all, before = "", inner = "", optional, after = ""] = /^([^(]*)\(([^)]*)\)(\?)?(.*)$/.exec(pattern) ?? [];
  if (all === undefined) return [pattern];
  const choices = [...inner.split("|"), ...(optional ? [""] : [])];
  return choices.flatMap((choice) => alternatives(`${before}${choice}${after}`));
}

/** Runs promtool in the checkout, whatever its exit code. */
export const promtool = (...args: string[]): Promise<Result> =>
  run(toolPath("promtool"), args, { cwd: root, timeoutMs: 60_000 });

/** Path of a file of the checkout. */
export const inCheckout = (file: string): string => join(root, file);
