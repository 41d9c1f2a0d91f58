/** Of two equal keys in one map Kubernetes takes the last one and says nothing (sigs.k8s.io/yaml, not strict); the first one is what a reviewer may read.
 *  Places: manifests, values files and what templates render to; allowed: every key once. The last one is evaluated. */
import type { RuleInfo } from "../rules/rule";
import { slipRule } from "../rules/slip-rule";

const info: RuleInfo = {
  id: "duplicate-key",
  severity: "low",
  description: "No key occurs twice in one map: the last one counts, and is the one that is validated.",
  fix: "remove the key that does not count",
  controls: ["MR-54"],
};

export const duplicateKey = slipRule(info, "duplicate-key", (what) => ({
  field: what,
  got: "the same key twice, of which the last counts",
  want: "set once",
}));
