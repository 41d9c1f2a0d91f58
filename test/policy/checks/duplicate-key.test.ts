import { duplicateKey } from "../../../policy/checks/duplicate-key";
import { deployment, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
const slip = { kind: "duplicate-key", what: "replicas", object, file: "web/templates/web.yaml", line: 0 } as const;

ruleCases(duplicateKey, "duplicate-key", [["passes texts in which every key stands once", deployment()]]);
ruleCases(
  duplicateKey,
  "duplicate-key",
  [
    [
      "names the key, without a line where none is known",
      deployment(),
      ["replicas must be set once, got the same key twice, of which the last counts (web/templates/web.yaml)"],
    ],
  ],
  { ...prod, slips: [slip, { ...slip, kind: "hidden-line-break" }] },
);
