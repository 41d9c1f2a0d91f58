/** The one place that puts a finding into words. */
import type { Exempted, Finding, ObjectRef } from "./contract";

/** One line: who, where, what must hold, what was found, where it is written, how to mend it. */
export function messageOf(finding: Finding): string {
  const gap = finding.containers.length === 0 ? ": " : ", ";
  return printable(`${objectText(finding.object)}${gap}${complaintOf(finding)}; ${finding.fix}`);
}

/** The same without the object and without the fix, for lists that name them elsewhere. */
export function complaintOf(finding: Finding): string {
  const { want, got, outcome } = finding;
  const broken = outcome === "undetermined" ? "cannot be judged" : `must be ${want}`;
  return printable(`${containersText(finding)}${shortField(finding)} ${broken}, got ${got}${placeText(finding)}`);
}

/** Why a finding does not count, until when and by whose word. */
export function exemptionText({ exemption: { reason, owner, expires } }: Pick<Exempted, "exemption">): string {
  return `exempt until ${expires} (${owner}): ${reason}`;
}

/** `Deployment <namespace>/<name>`, or without namespace when it has none. */
export function objectText({ kind, name, namespace }: ObjectRef): string {
  return printable(`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
}

/** Text that moves no cursor, changes no colour, ends no line and turns no direction, whatever a manifest calls its objects. */
const printable = (text: string): string =>
  text.replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, " ").replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");

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
