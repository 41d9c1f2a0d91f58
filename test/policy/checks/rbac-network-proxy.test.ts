import { rbacNetworkProxy } from "../../../policy/checks/rbac-network-proxy";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without get, create, update, patch, delete on pods/proxy, services/proxy and get, create on pods/portforward, got ${got}`,
];

ruleCases(rbacNetworkProxy, "rbac-network-proxy", [
  ["passes reading pods and Services", role(rule("", ["pods", "services", "pods/log"], ["get", "list"]))],
  ["passes one Service by its name", role(rule("", ["services/proxy"], ["get"], { resourceNames: ["web"] }))],
  ["fails get, which is enough", role(rule("", ["services/proxy"], ["get"])), must("get on services/proxy")],
  [
    "fails every resource's proxy",
    role(rule("", ["*/proxy"], ["get", "create"])),
    must("get, create on pods/proxy, services/proxy"),
  ],
  ["fails forwarded ports, by get too", role(rule("", ["pods/portforward"], ["get"])), must("get on pods/portforward")],
  ...rolesInCommon("", "services/proxy"),
]);
