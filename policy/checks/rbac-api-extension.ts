/** A custom resource's definition may name a webhook that reads and writes every object of it, and its deletion deletes them all. An APIService sends the
 *  requests for a whole group, with the user's name on them, to a server of one's own.
 *  Fields: rules of ClusterRole; forbidden: create, update, patch, delete, deletecollection on customresourcedefinitions and apiservices without
 *  resourceNames. */
import { grantRule, rbacControls } from "../rules/rbac";

const verbs = ["create", "update", "patch", "delete", "deletecollection"];

export const rbacApiExtension = grantRule(
  {
    id: "rbac-api-extension",
    severity: "high",
    description:
      "No role changes what the API server serves: a definition or an APIService of one's own reads, writes and loses the objects of others.",
    fix: "create definitions and APIServices with the deployment; a controller that fills in a certificate names its own with resourceNames",
    controls: [...rbacControls],
  },
  [
    { group: "apiextensions.k8s.io", resources: ["customresourcedefinitions"], verbs, unlessNamed: true },
    { group: "apiregistration.k8s.io", resources: ["apiservices"], verbs, unlessNamed: true },
  ],
);
