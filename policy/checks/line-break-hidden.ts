/** Kubernetes reads YAML 1.1, in which U+0085, U+2028 and U+2029 end a line (yaml.org/spec/1.1, section 4.1.4, b-char); editors, diffs and readers of
 *  YAML 1.2 show them as nothing. Behind one, a comment hides a setting that counts.
 *  Places: manifests, values files and what templates render to; allowed: inside quoted texts. Found by the reader, see ../../process/toolchain/modules/helm-render/hidden.go. */
import type { RuleInfo } from "../rules/rule";
import { slipRule } from "../rules/slip-rule";

const info: RuleInfo = {
  id: "line-break-hidden",
  severity: "high",
  description:
    "No line ends in a character that only Kubernetes takes for a line break: a reviewer cannot see what follows.",
  fix: "remove the character, or write it as an escape inside a double-quoted text",
  controls: ["MR-54"],
};

export const lineBreakHidden = slipRule(info, "hidden-line-break", (what) => ({
  field: "the text",
  got: what,
  want: "free of line breaks that only YAML 1.1 knows",
}));
