/** What every report format is made from. Types and counting only. */

import type { Finding, SuppressedFinding, Verdict } from "../contract";
import { ruleOf } from "../evaluate/catalogue";
import type { Profile } from "../rules/rule";

/** What was evaluated together: a release, a chart, a file. */
export interface EvaluatedUnit {
  readonly name: string;
  readonly verdict: Verdict;
  /** Decides which of its findings are mandatory: several stacks may be in one report. @default the report's */
  readonly profile?: Profile;
  /** Where it is written, relative to the current folder: a chart, or a file. @default nobody knows */
  readonly source?: { readonly chart: string } | { readonly file: string };
}

/** Something that could not be evaluated, and why. */
export interface Unjudged {
  readonly name: string;
  readonly reason: string;
}

/** The outcome of one run over one target. */
export interface Report {
  /** What the person asked to evaluate: a stack, a folder, files. */
  readonly target: string;
  /** Decides which findings are mandatory, in every unit that brings no profile of its own. */
  readonly profile: Profile;
  readonly units: readonly EvaluatedUnit[];
  readonly unjudged: readonly Unjudged[];
  /** Files that hold no object, beside others that do: nothing is wrong with them. @default none */
  readonly empty?: readonly string[];
}

/** A finding with the unit it is in. */
export interface Located {
  readonly unit: EvaluatedUnit;
  readonly finding: Finding;
  /** Whether it stops a deployment of this unit. */
  readonly mandatory: boolean;
}

/** The profile a unit is evaluated by. */
export const profileOf = (unit: EvaluatedUnit, report: Pick<Report, "profile">): Profile =>
  unit.profile ?? report.profile;

/** Whether a finding stops a deployment in a profile. */
export const isMandatory = (finding: Finding, profile: Profile): boolean =>
  ruleOf(finding.rule).enforcement[profile] === "mandatory";

/** Every finding, in the order they were evaluated. */
export const allFindings = (report: Report): Located[] =>
  report.units.flatMap((unit) => {
    const profile = profileOf(unit, report);
    return unit.verdict.findings.map((finding) => ({ unit, finding, mandatory: isMandatory(finding, profile) }));
  });

/** Everything that is exempt. */
export const allExempted = (report: Report): (SuppressedFinding & { readonly unit: EvaluatedUnit })[] =>
  report.units.flatMap((unit) => (unit.verdict.exempted ?? []).map((one) => ({ ...one, unit })));

/** "prod", or "dev, prod" where stacks of several profiles were evaluated. */
export const profilesOf = (report: Report): string =>
  [...new Set(report.units.length > 0 ? report.units.map((unit) => profileOf(unit, report)) : [report.profile])].join(
    ", ",
  );

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
  const mandatory = findings.filter((one) => one.mandatory).length;
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

/** 0 clean, 1 a mandatory rule is broken, 2 something could not be evaluated. */
export function exitCodeOf(report: Report): 0 | 1 | 2 {
  const { mandatory, unjudged } = totalsOf(report);
  if (unjudged > 0) return 2;
  return mandatory > 0 ? 1 : 0;
}

/** "3 objects (2 pods) evaluated: 1 mandatory, 0 advisory". */
export function sentence(report: Report): string {
  const { objects, pods, mandatory, advisory, exempted, unjudged } = totalsOf(report);
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  const exempt = exempted > 0 ? `, ${exempted} exempt` : "";
  const lost = unjudged > 0 ? `, ${unjudged} could not be evaluated` : "";
  return `${count(objects, "object")} (${count(pods, "pod")}) evaluated: ${mandatory} mandatory, ${advisory} advisory${exempt}${lost}`;
}
