/** How much a rule can see: what is missing in a part may stand elsewhere. */
import type { RuleContext } from "./rule";

/** True when all objects that refer to each other are there. */
export function seesAll({ scope = "whole" }: Pick<RuleContext, "scope">): boolean {
  return scope === "whole";
}

/** True when the object is whole, if maybe not the only one. */
export function seesObject({ scope = "whole" }: Pick<RuleContext, "scope">): boolean {
  return scope !== "patch";
}
