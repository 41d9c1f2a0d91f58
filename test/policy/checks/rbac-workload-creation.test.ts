import { rbacWorkloadCreation } from "../../../policy/checks/rbac-workload-creation";
import { policySettings } from "../../../policy/settings/settings-schema";
import { prod } from "../support/pod";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { type Case, ruleCases } from "../support/rule-cases";

const must = (got: string) => [`rules[0] must be without create, update, patch on workloads, got ${got}`];

ruleCases(rbacWorkloadCreation, "rbac-workload-creation", [
  ["passes reading and deleting", role(rule("apps", ["deployments"], ["get", "list", "delete"]))],
  ["passes their scale", role(rule("apps", ["deployments/scale", "*/scale"], ["patch"]))],
  ["passes Pods, which are another rule's", role(rule("", ["pods", "podtemplates"], ["create"]))],
  ["passes the same name in another group", role(rule("example.com", ["deployments"], ["create"]))],
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map(
    (one): Case => [`fails ${one}`, role(rule("apps", [one], ["create"])), must(`create on ${one}`)],
  ),
  ["fails Jobs", role(rule("batch", ["jobs", "cronjobs"], ["create"])), must("create on jobs, cronjobs")],
  [
    "fails replication controllers",
    role(rule("", ["replicationcontrollers"], ["update"])),
    must("update on replicationcontrollers"),
  ],
  [
    "fails changing one by its name: its pods may be any",
    role(rule("apps", ["deployments"], ["patch"], { resourceNames: ["web"] })),
    must("patch on deployments"),
  ],
  ["fails custom kinds that run pods", role(rule("argoproj.io", ["rollouts"], ["patch"])), must("patch on rollouts")],
  ...[
    ["argoproj.io", "workflows", "cronworkflows"],
    ["tekton.dev", "taskruns", "pipelineruns"],
    ["kubevirt.io", "virtualmachines"],
    ["helm.toolkit.fluxcd.io", "helmreleases"],
    ["apps", "controllerrevisions"],
  ].map(
    ([group = "", ...resources]): Case => [
      `fails ${resources.join(" and ")} of ${group}, whose controller makes pods`,
      role(rule(group, resources, ["create"])),
      must(`create on ${resources.join(", ")}`),
    ],
  ),
  ["passes reading and deleting them", role(rule("argoproj.io", ["workflows"], ["get", "list", "watch", "delete"]))],
  ["passes the rest of such a group", role(rule("argoproj.io", ["appprojects", "workflows/finalizers"], ["patch"]))],
  ...rolesInCommon("apps", "deployments"),
]);

const settings = policySettings.parse({
  podKinds: [{ group: "example.com", kind: "BatchProxy", path: "spec.template" }],
});
ruleCases(
  rbacWorkloadCreation,
  "rbac-workload-creation",
  [
    [
      "fails the kinds a project names",
      role(rule("example.com", ["batchproxies"], ["create"])),
      must("create on batchproxies"),
    ],
  ],
  { ...prod, settings },
);
