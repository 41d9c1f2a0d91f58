/** cluster-admin may do everything everywhere; no program needs it, and a RoleBinding to it is everything in one namespace. Others of Kubernetes' own
 *  roles come to the same: admin and edit read every Secret and run any pod of a namespace, and in all namespaces that is the cluster.
 *  Fields: roleRef.name of RoleBinding and ClusterRoleBinding; forbidden: the names below.
 *  Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { isBinding, rbacControls } from "../rules/rbac";

const mighty = new Set([
  "cluster-admin",
  "admin",
  "edit",
  "system:aggregate-to-admin",
  "system:aggregate-to-edit",
  "system:controller:clusterrole-aggregation-controller",
]);

export const rbacClusterAdmin = objectRule(
  {
    id: "rbac-cluster-admin",
    severity: "critical",
    description: "Nobody is bound to cluster-admin or another role of Kubernetes' own that comes to the same.",
    fix: "bind a Role with the rules the program uses",
    enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
    controls: ["CIS 5.1.1", ...rbacControls],
  },
  function* ({ object }) {
    const got = isBinding(object) ? read(object, "roleRef", "name") : undefined;
    if (got === UNKNOWN || (mighty.has(word(got)) && read(object, "roleRef", "kind") !== "Role"))
      yield { field: "roleRef.name", got, want: "a role of its own" };
  },
);
