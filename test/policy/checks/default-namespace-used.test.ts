import { defaultNamespaceUsed } from "../../../policy/checks/default-namespace-used";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const written = (namespace: unknown) =>
  manifest("v1", "ConfigMap", { metadata: { name: "web", namespace: namespace as string } });
const must = (got: string) => [`metadata.namespace must be a namespace of the system, got ${got}`];

ruleCases(defaultNamespaceUsed, "default-namespace-used", [
  ["passes a namespace", written("shop")],
  ["passes the release's", manifest("v1", "ConfigMap")],
  ["fails default", written("default"), must('"default"')],
  [
    "fails default for a custom kind that says so",
    manifest("example.com/v1", "Thing", { metadata: { name: "x", namespace: "default" } }),
    must('"default"'),
  ],
  ["passes kinds of the whole cluster", manifest("v1", "Namespace", { metadata: { name: "default" } })],
  [
    "cannot evaluate an unknown one",
    written(UNKNOWN),
    ["metadata.namespace cannot be evaluated, got a value unknown until deployment"],
  ],
]);

const definition = (scope: unknown) =>
  manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
    spec: { group: "example.com", names: { kind: "Thing" }, scope: scope as string },
  });
const inDefault = manifest("example.com/v1", "Thing", { metadata: { name: "x", namespace: "default" } });
const here = { ...prod, namespace: "default" };
ruleCases(
  defaultNamespaceUsed,
  "default-namespace-used",
  [
    ["fails a release in default", manifest("apps/v1", "Deployment"), must("unset, which is default")],
    ["passes kinds of the whole cluster", manifest("rbac.authorization.k8s.io/v1", "ClusterRole")],
    ["passes custom kinds, which may belong to the cluster", manifest("example.com/v1", "Thing")],
    ["passes those of a group that sounds like Kubernetes' own", manifest("things.example.k8s.io/v1", "Thing")],
    [
      "fails a custom kind whose definition in view says it has a namespace",
      [definition("Namespaced"), manifest("example.com/v1", "Thing")],
      must("unset, which is default"),
    ],
    ["passes one whose definition says it has none", [definition("Cluster"), inDefault]],
    [
      "cannot evaluate one whose definition does not say yet",
      [definition(UNKNOWN), manifest("example.com/v1", "Thing")],
      ["metadata.namespace cannot be evaluated, got a value unknown until deployment"],
    ],
    ["goes by the group of a definition", [definition("Cluster"), manifest("v1", "Thing")]],
  ],
  here,
);
ruleCases(
  defaultNamespaceUsed,
  "default-namespace-used",
  [["passes a single resource that says nothing: the provider decides", manifest("apps/v1", "Deployment")]],
  { ...here, scope: "part" },
);
