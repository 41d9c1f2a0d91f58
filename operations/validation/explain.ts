import { nearest } from "../../policy/config/nearest";
import { rules } from "../../policy/evaluate/catalogue";
import { podSecurityChecks } from "../../policy/pod-security/registry";
import type { Enforcement, Profile, Rule } from "../../policy/rules/rule";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { examples } from "./explain-example";

/** Explanation of one rule. */
export interface Explanation {
  readonly id: string;
  /** What it requires. */
  readonly what: string;
  /** The risk without it; absent where `what` includes it. */
  readonly why?: string;
  readonly severity: string;
  readonly enforcement: Readonly<Record<Profile, Enforcement>>;
  /** The change that fixes a finding. */
  readonly fix: string;
  /** Control IDs it covers, e.g. "CIS 5.2.7". */
  readonly controls: readonly string[];
  /** Set for a rule of the Pod Security Standards: upstream's id, and the versions at which its meaning changed. */
  readonly podSecurity?: { readonly upstream: string; readonly level: string; readonly versions: readonly string[] };
  /** The exact message of a finding. */
  readonly example?: string;
}

/** Suggestions for an unknown id: rules whose id has one of its words, and the one with the smallest edit distance. */
function meant(id: string): string[] {
  const ids = rules.map((rule) => rule.id);
  const words = id
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 3);
  const alike = nearest(id, ids);
  const sharing = ids.filter((known) => words.some((word) => known.includes(word)));
  return [...new Set([...(alike === undefined ? [] : [alike]), ...sharing])].slice(0, 5);
}

function ruleNamed(id: string): Rule {
  const rule = rules.find((one) => one.id === id);
  if (rule) return rule;
  const close = meant(id);
  const hint = close.length > 0 ? `; did you mean ${close.join(", ")}?` : "";
  throw new UserError(`no rule "${id}"${hint}\nhardened explain lists all ${rules.length}`);
}

/** Explanation of a rule by its id. Throws a UserError with similar ids when there is none. */
export async function explain(id: string): Promise<Explanation> {
  const { description, why, severity, enforcement, fix, controls } = ruleNamed(id);
  const check = podSecurityChecks.find((one) => one.id === id);
  const example = examples().get(id);
  return {
    id,
    what: description,
    ...(why !== undefined && { why }),
    severity,
    enforcement,
    fix,
    controls,
    ...(check && {
      podSecurity: {
        upstream: check.upstream,
        level: check.level,
        versions: check.versions.map(({ since }) => `v1.${since}`),
      },
    }),
    ...(example !== undefined && { example }),
  };
}

/** An explanation for display. */
export function formatExplanation(one: Explanation): string {
  const { dev, staging, prod } = one.enforcement;
  const [since, ...changed] = one.podSecurity?.versions ?? [];
  const rows: [string, string | undefined][] = [
    ["what", one.what],
    ["why", one.why],
    ["severity", one.severity],
    ["enforcement", `dev ${dev}, staging ${staging}, prod ${prod}`],
    ["fix", one.fix],
    ["controls", one.controls.join(", ")],
    [
      "Pod Security",
      one.podSecurity &&
        `${one.podSecurity.level}, upstream ${one.podSecurity.upstream}, since ${since}${changed.length > 0 ? `, changed in ${changed.join(", ")}` : ""}`,
    ],
    ["example", one.example],
  ];
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(14)}${text}`]));
  return [one.id, ...lines].join("\n");
}

/** Every rule, a line each. */
export const rulesTable = (): string =>
  table(
    ["RULE", "SEVERITY", "DEV", "STAGING", "PROD", "WHAT"],
    rules.map(({ id, severity, enforcement: { dev, staging, prod }, description }) => [
      id,
      severity,
      dev,
      staging,
      prod,
      description,
    ]),
  );
