import type { Severity } from "../../policy/contract";
import { rules } from "../../policy/evaluate/catalogue";
import { pageHead } from "./table";

const order: readonly Severity[] = ["critical", "high", "medium", "low"];

/** docs/reference/hardening-checklist.md: one item for each rule of the policy pack, the gravest first. */
export function checklistPage(): string {
  const parts = order.map((severity) => {
    const items = rules
      .filter((rule) => rule.severity === severity)
      .map(({ id, description }) => `- [ ] [${id}](checks.md#${id}): ${description}`);
    return `## ${severity}\n\n${items.join("\n")}\n`;
  });
  return [
    pageHead("Hardening checklist"),
    `One item for each rule, linked to the check that validates it. \`bin/hardened check\` goes through all of them for a stack, a chart or manifests, and
\`bin/hardened explain <check>\` tells about one. A chart built on the library \`charts/hardened\` has them all.
In which order to take them on: [adopt the hardened chart](../how-to/adopt-the-hardened-chart.md).
`,
    ...parts,
  ].join("\n");
}
