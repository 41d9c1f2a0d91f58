/** Labels everyone agrees on let tools, dashboards and people find what belongs together.
 *  Fields: metadata.labels of every object and pod template; wanted: app.kubernetes.io/name, and app.kubernetes.io/managed-by on objects.
 *  Not asked: CustomResourceDefinitions, which a chart takes as they are. Upstream: kubernetes.io/docs/concepts/overview/working-with-objects/common-labels. */

import { isKind } from "../manifest/is-kind";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { podTemplatesOf } from "../pods/pod-spec";
import { objectRule } from "../rules/object-rule";
import { seesObject } from "../rules/scope";

const prefix = "app.kubernetes.io/";

export const recommendedLabels = objectRule(
  {
    id: "recommended-labels",
    severity: "low",
    description: "Objects and pods carry the labels Kubernetes recommends, so that tools find what belongs together.",
    fix: "add the labels to metadata.labels; the library chart's hardened.labels has them all",
    controls: ["FL-82", "NSA/CISA Upgrading and application security"],
  },
  function* ({ object }, context) {
    if (isKind(object, "apiextensions.k8s.io", "CustomResourceDefinition") || !seesObject(context)) return;
    yield* evaluate("metadata.labels", read(object, "metadata", "labels"), ["name", "managed-by"]);
    for (const { path, template } of podTemplatesOf(object, context.settings?.podKinds)) {
      if (path !== "") yield* evaluate(`${path}.metadata.labels`, read(template.metadata, "labels"), ["name"]);
    }
  },
);

function* evaluate(field: string, labels: unknown, names: readonly string[]) {
  const want = `complete (${names.map((name) => prefix + name).join(", ")})`;
  const values = names.map((name) => read(labels, prefix + name));
  const missing = names.filter((_, index) => values[index] === undefined);
  if (missing.length > 0) yield { field, said: `no ${missing.map((name) => prefix + name).join(", ")}`, want };
  else if (values.includes(UNKNOWN)) yield { field, got: UNKNOWN, want };
}
