import { rbacApiExtension } from "../../../policy/checks/rbac-api-extension";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without create, update, patch, delete, deletecollection on customresourcedefinitions, apiservices, got ${got}`,
];

ruleCases(rbacApiExtension, "rbac-api-extension", [
  [
    "passes reading",
    role(rule("apiextensions.k8s.io", ["customresourcedefinitions"], ["get", "list", "watch"]), "ClusterRole"),
  ],
  [
    "passes a controller that fills in its own certificate",
    role(
      rule("apiregistration.k8s.io", ["apiservices"], ["patch"], { resourceNames: ["v1.shop.example"] }),
      "ClusterRole",
    ),
  ],
  [
    "fails changing definitions",
    role(rule("apiextensions.k8s.io", ["customresourcedefinitions"], ["get", "create", "patch"]), "ClusterRole"),
    must("create, patch on customresourcedefinitions"),
  ],
  [
    "fails deleting them, with all their objects",
    role(rule("apiextensions.k8s.io", ["*"], ["delete"]), "ClusterRole"),
    must("delete on customresourcedefinitions"),
  ],
  [
    "fails changing who serves a group",
    role(rule("apiregistration.k8s.io", ["apiservices"], ["update"]), "ClusterRole"),
    must("update on apiservices"),
  ],
  ...rolesInCommon("apiextensions.k8s.io", "customresourcedefinitions"),
]);
