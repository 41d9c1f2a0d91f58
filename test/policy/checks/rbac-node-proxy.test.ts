import { rbacNodeProxy } from "../../../policy/checks/rbac-node-proxy";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without get, create, update, patch, delete on nodes/proxy, nodes/log, nodes/checkpoint, got ${got}`,
];

ruleCases(rbacNodeProxy, "rbac-node-proxy", [
  ["passes metrics", role(rule("", ["nodes/metrics", "nodes/stats"], ["get"]), "ClusterRole")],
  ["passes reading nodes", role(rule("", ["nodes"], ["get", "list"]), "ClusterRole")],
  [
    "fails get, which is enough for commands",
    role(rule("", ["nodes/proxy"], ["get"]), "ClusterRole"),
    must("get on nodes/proxy"),
  ],
  [
    "fails the logs of a node, and a checkpoint of a container",
    role(rule("", ["nodes/log", "nodes/checkpoint"], ["get", "create"]), "ClusterRole"),
    must("get, create on nodes/log, nodes/checkpoint"),
  ],
  [
    "passes the kubelet's health and settings",
    role(rule("", ["nodes/healthz", "nodes/configz"], ["get"]), "ClusterRole"),
  ],
  ...rolesInCommon("", "nodes/proxy"),
]);
