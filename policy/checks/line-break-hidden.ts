/** Kubernetes reads YAML 1.1, in which U+0085, U+2028, U+2029 and a carriage return alone end a line (yaml.org/spec/1.1, section 4.1.4, b-char); editors, diffs
 *  and readers of YAML 1.2 show most of them as nothing. Behind one, a comment hides a setting that counts. A character that controls the direction of text
 *  (an embedding, an override or an isolate, such as U+202E) has a line shown in another order than it is read in.
 *  Places: manifests, values files and what templates render to; allowed: inside quoted texts. Found by the reader, see ../../process/toolchain/modules/helm-render/hidden.go. */
import type { ObjectRule, RuleInfo } from "../rules/rule";
import { slipRule } from "../rules/slip-rule";

const info: RuleInfo = {
  id: "line-break-hidden",
  severity: "high",
  description:
    "No line has a character that only Kubernetes takes for a line break, or one that turns the order of the text around: a reviewer cannot see what follows.",
  fix: "remove the character, or write it as an escape inside a double-quoted text",
  controls: ["MR-54"],
};

const freeOf = (what: string) => (got: string) => ({ field: "the text", got, want: `free of ${what}` });

const lineBreaks = slipRule(info, "hidden-line-break", freeOf("line breaks that only YAML 1.1 knows"));
const directions = slipRule(info, "hidden-direction", freeOf("characters that turn the order of the text around"));

export const lineBreakHidden: ObjectRule = {
  ...info,
  check: (objects, context) => [...lineBreaks.check(objects, context), ...directions.check(objects, context)],
};
