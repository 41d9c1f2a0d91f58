import { recommendedLabels } from "../../../policy/checks/recommended-labels";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, labels, manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const of = (own: JsonObject) => manifest("v1", "ConfigMap", { metadata: { name: "web", labels: own } });
const [name, managedBy] = ["app.kubernetes.io/name", "app.kubernetes.io/managed-by"];
const must = (got: string) => [`metadata.labels must be complete (${name}, ${managedBy}), got no ${got}`];

ruleCases(recommendedLabels, "recommended-labels", [
  ["[FL-82] passes both", of(labels)],
  ["[FL-82] fails none", of({ app: "web" }), must(`${name}, ${managedBy}`)],
  ["fails one missing", of({ [name]: "web" }), must(managedBy)],
  ["passes a workload and its pods", deployment()],
  [
    "fails pods without a name",
    manifest("apps/v1", "Deployment", { spec: { template: { metadata: {} } } }),
    [`spec.template.metadata.labels must be complete (${name}), got no ${name}`],
  ],
  [
    "fails a Pod once: its labels are those of its pods",
    manifest("v1", "Pod", { metadata: { name: "web", labels: { [managedBy]: "Helm" } }, spec: { containers: [] } }),
    must(name),
  ],
  [
    "passes a CRD, which a chart takes as it is",
    manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", { metadata: {} }),
  ],
  [
    "cannot evaluate an unknown label",
    of({ ...labels, [name]: UNKNOWN as never }),
    ["metadata.labels cannot be evaluated, got a value unknown until deployment"],
  ],
]);

ruleCases(recommendedLabels, "recommended-labels", [["asks nothing of a patch", of({})]], { ...prod, scope: "patch" });
