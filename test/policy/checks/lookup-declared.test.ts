import { lookupDeclared } from "../../../policy/checks/lookup-declared";
import { deployment, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
const declarations = [{ object, chart: "web/charts/db", reason: "it only refuses" }];

ruleCases(lookupDeclared, "lookup-declared", [["passes a chart that declares nothing", deployment()]]);
ruleCases(
  lookupDeclared,
  "lookup-declared",
  [
    [
      "shows the reason of a chart that does",
      deployment(),
      [
        "what it looks up must be reviewed, or not declared away, got the word of web/charts/db/Chart.yaml that it changes no object: it only refuses",
      ],
    ],
  ],
  { ...prod, declarations },
);
