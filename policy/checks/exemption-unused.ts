/** An exemption for something that is in order hides the next mistake there. Found while exemptions are applied, see ../evaluate/exemptions.ts. */
import type { RuleInfo } from "../rules/rule";

export const exemptionUnused: RuleInfo = {
  id: "exemption-unused",
  severity: "low",
  description: "Every exemption is needed: one for something that is in order hides the next mistake there.",
  fix: "remove the exemption from policy.exemptions",
  controls: ["ZN-79"],
};
