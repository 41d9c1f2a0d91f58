/** A reason that the author of an object gives in an annotation: the rule it is for then reports nothing, and every report for people shows it. */
import { text } from "../manifest/read";
import { shortestReason } from "../settings/shortest-reason";

/** The reason in an annotation of a pod template, "" where there is none or one too short to be any. */
export function declaredReason(metadata: unknown, annotation: string): string {
  const reason = text(metadata, "annotations", annotation).trim();
  return reason.length < shortestReason ? "" : reason;
}
