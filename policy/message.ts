/** The one place that puts a finding into words. */
import type { DeclaredLookups, DeclaredReason, Finding, ObjectRef, SuppressedFinding } from "./contract";

/** One line: who, where, what must hold, what was found, where it is written, the fix. */
export function messageOf(finding: Finding): string {
  const gap = finding.containers.length === 0 ? ": " : ", ";
  return printable(`${objectText(finding.object)}${gap}${complaintOf(finding)}; ${finding.fix}`);
}

/** The same with the controls of auditors' standards that it breaks, at the end: those of SOC2 and ISO among all of its rule. */
export function messageWith(finding: Finding, controls: readonly string[]): string {
  const audited = controls.filter((one) => one.startsWith("SOC2 ") || one.startsWith("ISO "));
  return audited.length === 0 ? messageOf(finding) : `${messageOf(finding)} [${audited.join(", ")}]`;
}

/** The same without the object and without the fix, for lists that name them elsewhere. */
export function complaintOf(finding: Finding): string {
  const { want, got, outcome } = finding;
  const broken = outcome === "undetermined" ? "cannot be evaluated" : `must be ${want}`;
  return printable(`${containersText(finding)}${shortField(finding)} ${broken}, got ${got}${placeText(finding)}`);
}

/** Why a finding does not count, until when and by whose word. */
export function exemptionText({ exemption: { reason, owner, expires } }: Pick<SuppressedFinding, "exemption">): string {
  return `exempt until ${expires} (${owner}): ${reason}`;
}

/** What a chart or an object declares of itself, and why. */
export const declaredText = (one: DeclaredLookups | DeclaredReason): string =>
  printable(
    "chart" in one
      ? `${one.chart}/Chart.yaml says that what it looks up changes no object: ${one.reason}`
      : `${objectText(one.object)} says why ${one.rule} does not hold for it: ${one.reason}`,
  );

/** `Deployment <namespace>/<name>`, or without namespace when it has none. */
export function objectText({ kind, name, namespace }: ObjectRef): string {
  return printable(`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
}

/** A text on one line that moves no cursor, changes no colour, turns no direction and hides nothing, whatever a chart or a manifest calls its objects.
 *  Line breaks with the blanks around them become one blank; controls (C0 and C1, so ESC and CSI), format characters (Unicode's Cf: directions, zero
 *  widths, tags), other separators of lines and halves of surrogate pairs become U+FFFD. Each run of blanks is read once: linear. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\s\u0085]+/g, (blanks) => (/[\n-\r\u0085\u2028\u2029]/.test(blanks) ? " " : blanks))
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

function containersText({ containers }: Finding): string {
  if (containers.length === 0) return "";
  return `container${containers.length > 1 ? "s" : ""} ${containers.map((name) => `"${name}"`).join(", ")}: `;
}

/** The field as its container's owner knows it; the whole path where it is about the pod, the object or several containers. */
function shortField({ field, containers }: Finding): string {
  if (containers.length !== 1) return field;
  return field.replace(/^.*?\b(?:initContainers|containers|ephemeralContainers)\[\d+\]\.(?=.)/, "");
}

function placeText({ file, line }: Finding): string {
  if (file === undefined) return "";
  return ` (${file}${line === undefined ? "" : `:${line}`})`;
}
