import { serviceSelectsNothing } from "../../../policy/checks/service-selects-nothing";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, hook, object, workload } from "../support/objects";
import { manifest, prod } from "../support/pod";
import { role, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const service = (spec: JsonObject) => object("v1", "Service", spec);
const inOther = ({ object: one }: Manifest): Manifest => ({
  object: { ...one, metadata: { name: "web", namespace: "other" } },
});
const led = service({ selector: { ...component("api"), leader: "true" } });
const mayDo = (verb: string, resource: string, group = "") => role(rule(group, [resource], [verb]));
const everywhere: Manifest = {
  object: { ...role(rule("", ["pods"], ["update"]), "ClusterRole").object, metadata: { name: "operator" } },
};
const bound = (namespace = "apps") =>
  manifest("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
    roleRef: { kind: "ClusterRole", name: "operator" },
    subjects: [{ kind: "ServiceAccount", name: "operator", namespace }],
  });
const must = ["spec.selector must be one that selects pods, got one that selects none of the pods here"];

ruleCases(serviceSelectsNothing, "service-selects-nothing", [
  ["[TR-03] passes a selector of pods", [service({ selector: component("api") }), workload("api")]],
  ["fails one of none", [service({ selector: component("app") }), workload("api")], must],
  [
    "fails one of pods that are there for a test only",
    [service({ selector: component("check") }), workload("api"), hook(workload("check"), "test")],
    must,
  ],
  ["fails an empty one, which selects nothing", [service({ selector: {} }), workload("api")], must],
  [
    "fails pods of another namespace",
    [object("v1", "Service", { selector: component("api") }, "x", "other"), workload("api"), inOther(workload("web"))],
    must,
  ],
  [
    "passes one of a namespace whose pods come from elsewhere",
    [object("v1", "Service", { selector: component("api") }, "x", "other"), workload("api")],
  ],
  [
    "passes one of a namespace that is not known yet, and takes its pods for none of another's",
    [object("v1", "Service", { selector: component("api") }, "x", UNKNOWN as never), workload("web")],
  ],
  [
    "passes a Service without a selector, and a name of elsewhere",
    [service({}), service({ type: "ExternalName", selector: component("x") })],
  ],
  [
    "passes beside an operator's object, which may run the pods",
    [service({ selector: component("db") }), object("postgresql.cnpg.io/v1", "Cluster", {})],
  ],
  [
    "passes one that is beside a Prometheus, which an operator makes pods of",
    [service({ selector: { prometheus: "web" } }), object("monitoring.coreos.com/v1", "Prometheus", {})],
  ],
  [
    "fails beside an operator's object of another namespace",
    [
      service({ selector: component("db") }),
      workload("api"),
      object("postgresql.cnpg.io/v1", "Cluster", {}, "db", "other"),
    ],
    must,
  ],
  [
    "fails beside a policy of another maker",
    [service({ selector: component("db") }), workload("api"), object("cilium.io/v2", "CiliumNetworkPolicy", {})],
    must,
  ],
  ["passes beside a role that labels pods", [led, workload("api"), mayDo("patch", "pods")]],
  ["passes beside a role that makes workloads", [led, workload("api"), mayDo("create", "statefulsets", "apps")]],
  ["passes beside a role with every grant", [led, workload("api"), mayDo("*", "*", "*")]],
  ["fails beside a role that only reads pods", [led, workload("api"), mayDo("list", "pods")], must],
  [
    "fails beside a role that only changes workloads",
    [led, workload("api"), mayDo("patch", "statefulsets", "apps")],
    must,
  ],
  ["fails beside a role of another namespace", [led, workload("api"), inOther(mayDo("patch", "pods"))], must],
  ["passes beside the account of a program that labels pods everywhere", [led, workload("api"), everywhere, bound()]],
  ["fails where nobody has that role, or an account of elsewhere", [led, workload("api"), everywhere], must],
  ["fails where an account of elsewhere has it", [led, workload("api"), everywhere, bound("other")], must],
  [
    "passes single pods of a StatefulSet, and fails them by another's labels",
    [
      service({ selector: { "statefulset.kubernetes.io/pod-name": "db-0" } }),
      service({ selector: { ...component("db"), "apps.kubernetes.io/pod-index": "0" } }),
      service({ selector: { ...component("app"), "apps.kubernetes.io/pod-index": "0" } }),
      workload("db", {}, "StatefulSet"),
    ],
    must,
  ],
  [
    "fails beside objects that never do",
    [service({ selector: component("db") }), workload("api"), object("monitoring.coreos.com/v1", "ServiceMonitor", {})],
    must,
  ],
  [
    "cannot evaluate an unknown selector",
    [service({ selector: UNKNOWN as never }), workload("api")],
    ["spec.selector cannot be evaluated, got a value unknown until deployment"],
  ],
]);

ruleCases(
  serviceSelectsNothing,
  "service-selects-nothing",
  [["asks nothing of a single resource", service({ selector: component("api") })]],
  { ...prod, scope: "part" },
);
