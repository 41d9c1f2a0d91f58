import { networkPolicySelectsNothing } from "../../../policy/checks/network-policy-selects-nothing";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, hook, object, workload } from "../support/objects";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const policy = (podSelector: JsonObject) => object("networking.k8s.io/v1", "NetworkPolicy", { podSelector });
const job = manifest("batch/v1", "Job", { metadata: { name: "migrate" }, spec: { template: { spec: {} } } });

ruleCases(networkPolicySelectsNothing, "network-policy-selects-nothing", [
  ["[TR-23] passes a selector of pods", [policy({ matchLabels: component("api") }), workload("api")]],
  [
    "passes one for the pods of a hook alone",
    [policy({ matchLabels: component("setup") }), workload("api"), hook(workload("setup"), "pre-install")],
  ],
  ["passes one for all pods, also where there are none", policy({})],
  ["passes a Job by the label Kubernetes gives its pods", [policy({ matchLabels: { "job-name": "migrate" } }), job]],
  [
    "[TR-23] fails one of none",
    [policy({ matchLabels: component("app") }), workload("api")],
    ["spec.podSelector must be one that selects pods, got one that selects none of the pods here"],
  ],
  [
    "cannot evaluate an unknown selector",
    [policy(UNKNOWN as never), workload("api")],
    ["spec.podSelector cannot be evaluated, got a value unknown until deployment"],
  ],
  ["passes one of a namespace whose pods come from elsewhere", policy({ matchLabels: component("app") })],
  [
    "passes somebody else's NetworkPolicy",
    object("crd.projectcalico.org/v1", "NetworkPolicy", { podSelector: { matchLabels: { app: "x" } } }),
  ],
  [
    "passes another kind of the group",
    object("networking.k8s.io/v1", "Ingress", { podSelector: { matchLabels: { app: "x" } } }),
  ],
  [
    "fails expressions that fit none",
    [policy({ matchExpressions: [{ key: "gone", operator: "Exists" }] }), workload("api")],
    ["spec.podSelector must be one that selects pods, got one that selects none of the pods here"],
  ],
]);
