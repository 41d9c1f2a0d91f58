/** What is exempt is shown each time, with reason and owner, so that nobody forgets it. Made by the pack for the engine, see ../evaluate/exemptions.ts;
 *  reports have a section of their own. */
import type { RuleInfo } from "../rules/rule";

export const exemptionUsed: RuleInfo = {
  id: "exemption-used",
  severity: "low",
  description: "What is exempt from a rule is shown at every run, with reason, owner and last day.",
  fix: "fix what is exempt, then remove the exemption",
  controls: ["ZN-79"],
};
