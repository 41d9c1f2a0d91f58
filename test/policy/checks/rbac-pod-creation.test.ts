import { rbacPodCreation } from "../../../policy/checks/rbac-pod-creation";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch on pods, pods/exec, pods/attach, pods/ephemeralcontainers and get on pods/exec, pods/attach, got ${got}`,
];

ruleCases(rbacPodCreation, "rbac-pod-creation", [
  ["[FL-53] passes creating Jobs, which is another rule's", role(rule("batch", ["jobs"], ["create"]))],
  ["passes reading pods and logs", role(rule("", ["pods", "pods/log"], ["get", "list"]))],
  ["fails creating pods", role(rule("", ["pods"], ["get", "create"])), must("create on pods")],
  ["fails commands in pods, by a wildcard too", role(rule("", ["*/exec"], ["create"])), must("create on pods/exec")],
  [
    "fails getting them, which opens a web socket",
    role(rule("", ["pods/exec", "pods/attach"], ["get"])),
    must("get on pods/exec, pods/attach"),
  ],
  ...rolesInCommon("", "pods"),
]);
