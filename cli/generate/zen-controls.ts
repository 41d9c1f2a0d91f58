import { rules } from "../../policy/evaluate/catalogue";
import type { Rule } from "../../policy/rules/rule";
import { type Requirement, requirements, wantedOf } from "../../systems/zen/profiles";
import { markdownTable, pageHead } from "./table";

/** Controls of SOC2 and ISO 27001 that apply to zen, and what each requires. */
const controls: Readonly<Record<string, string>> = {
  "SOC2 CC6.1": "logical access is restricted to what is needed",
  "SOC2 CC6.7": "data is transmitted to those who are authorized, and to no others",
  "ISO A.8.5": "secure authentication",
  "ISO A.8.12": "data leakage prevention",
};

/** Threats by their number in the platform's threat model. */
const threats: Readonly<Record<string, string>> = {
  T1: "the agent is compromised",
  T2: "the bootstrap token is stolen",
  T3: "someone stands between agent and SaaS",
  T8: "the agent is not there when it is needed",
  T9: "the agent is used beyond what it is for",
};

/** Controls of the pod itself, which answer T1 whatever the profile. */
const restricts = (rule: Rule): boolean => rule.controls.some((one) => one.startsWith("PSS "));

const links = (found: readonly Rule[]): string => found.map(({ id }) => `[${id}](checks.md#${id})`).join(", ");
const keysOf = (found: readonly Requirement[]): string =>
  found
    .map((one) => `${one.feature} in ${one.profiles.join(" and ")} (\`${one.keys[0]}\`: ${wantedOf(one)})`)
    .join("; ");

/** docs/reference/zen-controls.md: controls and threats to the rules of the pack and to what the profiles of zen refuse. */
export function zenControlsPage(): string {
  const byControl = Object.entries(controls).map(([id, text]) => [
    id,
    text,
    links(rules.filter((rule) => rule.controls.includes(id))),
    keysOf(requirements.filter((one) => one.controls.includes(id))),
  ]);
  const byThreat = Object.entries(threats).map(([id, text]) => [
    id,
    text,
    links(rules.filter((rule) => rule.controls.includes(`ZN ${id}`))),
    keysOf(requirements.filter((one) => one.threats.includes(id))),
  ]);
  return [
    pageHead("Controls and threats of zen"),
    `From the rules' own metadata and from [the table of the profiles](../../charts/zen-agent/PROFILES_AND_VALUES.md#what-each-protects). A violation carries the ids of SOC2 and ISO at its end:
in Pulumi's output, and in the JSON and SARIF of \`hardened check\`, which have all controls of the rule beside them.
`,
    "## Controls\n",
    `${markdownTable(["control", "asks for", "checks of the policy pack", "what the profiles insist on"], byControl)}\n`,
    "## Threats\n",
    `The numbers are those of the platform's threat model. Of T8 and T9 it gave no more than what mitigates them, high availability and scoped RBAC: the words here are this project's.
T1 is answered by the ${rules.filter(restricts).length} checks of the restricted Pod Security Standard too, in every profile.
T9 is answered by the agent itself too: a commit, which no role holds back, is refused before it is pushed unless an apply may change the same object, and goes to a branch that people review; an order that does
not say who approved it, and by which way, is rejected; a rollback takes what it applies from the remediation's status alone. T2 and T3: the login for Git is shown to no server but those that \`gitops.repositories\` names.
`,
    `${markdownTable(["threat", "is", "checks of the policy pack", "what the profiles insist on"], byThreat)}\n`,
  ].join("\n");
}
