import { rbacEndpointsChange } from "../../../policy/checks/rbac-endpoints-change";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch on endpoints, endpointslices, got ${got}`,
];
const slices = "discovery.k8s.io";

ruleCases(rbacEndpointsChange, "rbac-endpoints-change", [
  ["passes reading them", role(rule("", ["endpoints", "services"], ["get", "list", "watch"]))],
  ["passes one's own by its name", role(rule("", ["endpoints"], ["update"], { resourceNames: ["leader"] }))],
  [
    "passes deletion, and another group's kind",
    [role(rule(slices, ["endpointslices"], ["delete"])), role(rule("example.com", ["endpoints"], ["update"]))],
  ],
  ["fails Endpoints", role(rule("", ["endpoints"], ["create", "get"])), must("create on endpoints")],
  [
    "fails EndpointSlices, in a ClusterRole too",
    role(rule(slices, ["endpointslices"], ["patch"]), "ClusterRole"),
    must("patch on endpointslices"),
  ],
  ...rolesInCommon("", "endpoints"),
]);
