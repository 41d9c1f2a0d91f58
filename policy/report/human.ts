/** A verdict for a person at a terminal: grouped by object, last line the counts. */
import { styleText } from "node:util";
import type { Finding, Verdict } from "../contract";
import { complaintOf, declaredText, exemptionText, objectText, printable } from "../message";
import type { Profile } from "../rules/rule";
import { isMandatory } from "./report";

/** How to show it. */
export interface HumanOptions {
  /** Decides which findings stop a deployment. */
  readonly profile: Profile;
  /** Colours, for a terminal. @default false */
  readonly color?: boolean;
}

/** The verdict as text; ends with a line of counts and a newline. */
export function formatHuman(verdict: Verdict, options: HumanOptions): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    options.color === true ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = [];
  const mandatory = (finding: Finding): boolean => isMandatory(finding, options.profile);
  for (const [object, findings] of groups(verdict.findings)) {
    lines.push(paint("bold", object));
    for (const finding of findings) {
      const mark = mandatory(finding) ? paint("red", "✖") : paint("yellow", "!");
      lines.push(
        `  ${mark} ${complaintOf(finding)} ${paint("dim", `[${finding.rule}]`)}`,
        `      ${printable(finding.fix)}`,
      );
    }
    lines.push("");
  }
  for (const one of verdict.exempted ?? []) {
    const { finding } = one;
    const text = `${objectText(finding.object)}: ${complaintOf(finding)} [${finding.rule}]`;
    lines.push(paint("dim", `  ~ ${text}`), paint("dim", `      ${printable(exemptionText(one))}`));
  }
  for (const one of verdict.declared ?? []) lines.push(paint("dim", `  ~ ${printable(declaredText(one))}`));
  if (verdict.exempted !== undefined || verdict.declared !== undefined) lines.push("");
  const refused = verdict.findings.filter(mandatory).length;
  lines.push(paint(refused > 0 ? "red" : "green", counts(verdict, refused)));
  return `${lines.join("\n")}\n`;
}

function groups(findings: readonly Finding[]): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const object = objectText(finding.object);
    found.set(object, [...(found.get(object) ?? []), finding]);
  }
  return found;
}

function counts({ findings, exempted = [], objects, pods }: Verdict, refused: number): string {
  const evaluated = `${count(objects, "object")} (${count(pods, "pod")}) evaluated`;
  const exempt = exempted.length > 0 ? `, ${exempted.length} exempt` : "";
  if (findings.length === 0) return `${evaluated}, nothing found${exempt}`;
  return `${evaluated}: ${refused} mandatory, ${findings.length - refused} advisory${exempt}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
