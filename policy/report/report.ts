/** What every report format is made from. Types and counting only. */
import type { Exempted, Finding, Verdict } from "../contract";
import type { Profile } from "../rules/rule";
import { ruleOf } from "../rules/rules";

/** What was judged together: a release, a chart, a file. */
export interface JudgedUnit {
  readonly name: string;
  readonly verdict: Verdict;
}

/** Something that could not be judged, and why. */
export interface Unjudged {
  readonly name: string;
  readonly reason: string;
}

/** The outcome of one run over one target. */
export interface Report {
  /** What the person asked to judge: a stack, a folder, files. */
  readonly target: string;
  /** Decides which findings are mandatory. */
  readonly profile: Profile;
  readonly units: readonly JudgedUnit[];
  readonly unjudged: readonly Unjudged[];
}

/** Whether a finding stops a deployment in the report's profile. */
export const isMandatory = (finding: Finding, { profile }: Pick<Report, "profile">): boolean =>
  ruleOf(finding.rule).enforcement[profile] === "mandatory";

/** Every finding with the unit it is in, in the order they were judged. */
export const allFindings = (report: Report): { readonly unit: string; readonly finding: Finding }[] =>
  report.units.flatMap(({ name, verdict }) => verdict.findings.map((finding) => ({ unit: name, finding })));

/** Everything that is exempt, with the unit it is in. */
export const allExempted = (report: Report): (Exempted & { readonly unit: string })[] =>
  report.units.flatMap(({ name, verdict }) => (verdict.exempted ?? []).map((one) => ({ ...one, unit: name })));

/** Sums over all units. */
export interface Totals {
  readonly objects: number;
  readonly pods: number;
  readonly mandatory: number;
  readonly advisory: number;
  readonly exempted: number;
  readonly unjudged: number;
}

export function totalsOf(report: Report): Totals {
  const findings = allFindings(report);
  const mandatory = findings.filter(({ finding }) => isMandatory(finding, report)).length;
  const sum = (key: "objects" | "pods"): number => report.units.reduce((total, { verdict }) => total + verdict[key], 0);
  return {
    objects: sum("objects"),
    pods: sum("pods"),
    mandatory,
    advisory: findings.length - mandatory,
    exempted: allExempted(report).length,
    unjudged: report.unjudged.length,
  };
}

/** 0 clean, 1 a mandatory rule is broken, 2 something could not be judged. */
export function exitCodeOf(report: Report): 0 | 1 | 2 {
  const { mandatory, unjudged } = totalsOf(report);
  if (unjudged > 0) return 2;
  return mandatory > 0 ? 1 : 0;
}

/** "3 objects (2 pods) judged: 1 mandatory, 0 advisory". */
export function sentence(report: Report): string {
  const { objects, pods, mandatory, advisory, exempted, unjudged } = totalsOf(report);
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  const exempt = exempted > 0 ? `, ${exempted} exempt` : "";
  const lost = unjudged > 0 ? `, ${unjudged} could not be judged` : "";
  return `${count(objects, "object")} (${count(pods, "pod")}) judged: ${mandatory} mandatory, ${advisory} advisory${exempt}${lost}`;
}
