/** An exemption is valid for a limited time: after its last day it has no effect, and must be removed, or renewed after a review.
 *  Found while exemptions are applied, see ../evaluate/exemptions.ts. */
import type { RuleInfo } from "../rules/rule";

export const exemptionExpired: RuleInfo = {
  id: "exemption-expired",
  severity: "high",
  description: "No exemption is past its last day.",
  fix: "remove the exemption from policy.exemptions, or look at its reason again and give it a new day",
  controls: ["ZN-79"],
};
