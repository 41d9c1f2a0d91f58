/** A release can only be evaluated by what its chart renders to: one that does not render, renders to nothing, or is changed after rendering is refused.
 *  Found while a release is rendered, see ../evaluate/evaluate-release.ts. */
import type { RuleInfo } from "../rules/rule";

export const releaseRenders: RuleInfo = {
  id: "release-renders",
  severity: "critical",
  description:
    "Every release renders, from a chart of this project and values known before deployment, to the objects that are validated.",
  fix: "make the release render: the message says what stands in the way",
  controls: ["MR-54"],
};
