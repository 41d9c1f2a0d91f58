/** A chart may declare that what its templates look up changes no object: then chart-lookup says nothing of them. Nobody can check that, so the reason is
 *  shown to whoever reads a verdict, as that of an exemption is.
 *  Field: the annotation hardened.pulumi/lookup of a Chart.yaml, where a template of that chart looks something up; allowed: none, or one that was reviewed.
 *  Upstream: helm.sh/docs/chart_template_guide/functions_and_pipelines, "Using the lookup function". */
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "lookup-declared",
  severity: "low",
  description:
    "A chart that declares its lookups to change no object is reviewed: the reason is shown, and nobody checks it.",
  fix: "see in the templates that what they look up changes no object, or remove the annotation hardened.pulumi/lookup from the Chart.yaml",
  enforcement: { dev: "advisory", staging: "advisory", prod: "advisory" },
  controls: ["MR-54"],
};

export const lookupDeclared: ObjectRule = {
  ...info,
  check: (_, { declarations = [] }) =>
    declarations.map(({ object, chart, reason }) => ({
      rule: info.id,
      severity: info.severity,
      object,
      containers: [],
      field: "what it looks up",
      got: `the word of ${chart}/Chart.yaml that it changes no object: ${reason}`,
      want: "reviewed, or not declared away",
      fix: info.fix,
      outcome: "fail",
    })),
};
