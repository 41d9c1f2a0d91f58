import { lineBreakHidden } from "../../../policy/checks/line-break-hidden";
import { deployment, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
const slip = { kind: "hidden-line-break", what: "U+2028", object, file: "web/values.yaml", line: 12 } as const;

ruleCases(lineBreakHidden, "line-break-hidden", [["passes texts without such a character", deployment()]]);
ruleCases(
  lineBreakHidden,
  "line-break-hidden",
  [
    [
      "names the character and its line, and nothing of another kind of slip",
      deployment(),
      [
        "the text must be free of line breaks that only YAML 1.1 knows, got U+2028 (web/values.yaml:12)",
        "the text must be free of characters that turn the order of the text around, got U+202E (web/values.yaml:12)",
      ],
    ],
  ],
  {
    ...prod,
    slips: [slip, { ...slip, kind: "hidden-direction", what: "U+202E" }, { ...slip, kind: "duplicate-key" }],
  },
);
