/** A chart that asks the cluster or the release while it renders may render to something else there than was evaluated: before a deployment `lookup` finds
 *  nothing, the Helm of the provider and the number of the revision are not known, and an upgrade may need what an earlier install left.
 *  Found by the renderer, which answers as an empty cluster does and notes each question (process/toolchain/modules/helm-render); allowed: none.
 *  Declared: the Chart.yaml of the chart that looks up carries the annotation hardened.pulumi/lookup with the reason why that changes no object; every report shows it.
 *  Upstream: helm.sh/docs/chart_template_guide/functions_and_pipelines, "Using the lookup function"; helm.sh/docs/chart_template_guide/builtin_objects. */
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "chart-lookup",
  severity: "medium",
  description:
    "A chart renders to the same objects whatever the cluster holds: what depends on a lookup was validated for an empty cluster only.",
  why: "A template that asks the cluster may render a field, or a whole object, that no preview has shown.",
  fix: "take the value from the stack's configuration or from an object made beside the release; a chart that only refuses by what it finds says so in the annotation hardened.pulumi/lookup of its Chart.yaml; one that keeps what an earlier install generated can be exempt",
  controls: ["MR-54"],
};

export const chartLookup: ObjectRule = {
  ...info,
  check: (_, { queries = [] }) =>
    queries.map(({ object, got, file, line }) => ({
      rule: info.id,
      severity: info.severity,
      object,
      containers: [],
      field: "what it renders to",
      got: got ?? "a lookup, evaluated as if the cluster held no such object",
      want: "the same whatever the cluster holds",
      fix: info.fix,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      outcome: "undetermined",
    })),
};
