import { examples } from "../../operations/validation/explain-example";
import { rules } from "../../policy/evaluate/catalogue";
import { catalogueOf } from "../../policy/report/catalogue-markdown";
import { pageHead } from "./table";

/** docs/reference/checks.md: every rule of the policy pack, a section each, its id as the heading. */
export const checksPage = (): string =>
  `${pageHead("Checks of the policy pack")}
A mandatory check that is broken stops a preview; an advisory one is shown. How to read a violation:
[read a policy violation](../how-to/read-a-policy-violation.md).

${catalogueOf(rules, examples())}
`;
