/** Rules that look from one object to another say nothing of what is missing while a part is not in view: `pulumi up --target` shows them the targets only.
 *  Advisory, since a targeted update is deliberate. Found at the end of a run, see ../evaluate/pack.ts. */
import type { Finding } from "../contract";
import type { RuleInfo } from "../rules/rule";

export const resourcesUnseen: RuleInfo = {
  id: "resources-unseen",
  severity: "medium",
  description: "Rules that look from one object to another see every resource of the stack.",
  why: "What they say is missing, a NetworkPolicy or a disruption budget, is not looked for while a part of the stack is not in view.",
  fix: "run the preview of the whole stack, without --target",
  across: true,
  controls: ["MR-54"],
};

/** How many of all resources were not evaluated. */
export function unseenFinding(unseen: number, all: number): Finding {
  const { id: rule, severity, fix } = resourcesUnseen;
  return {
    rule,
    severity,
    object: { apiVersion: "", kind: "Stack", name: "(this)" },
    containers: [],
    field: "rules that look from one object to another",
    got: `${unseen} of ${all} resources unseen`,
    want: "asked about every resource",
    fix,
    outcome: "undetermined",
  };
}
