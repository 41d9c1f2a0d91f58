/** cluster-admin may do everything everywhere; no program needs it, and a RoleBinding to it is everything in one namespace.
 *  Fields: roleRef.name of RoleBinding and ClusterRoleBinding; forbidden: cluster-admin. */

import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { isBinding, rbacControls } from "../rules/rbac";

export const rbacClusterAdmin = objectRule(
  {
    id: "rbac-cluster-admin",
    severity: "critical",
    description: "Nobody is bound to cluster-admin, which may do everything.",
    fix: "bind a Role with the rules the program uses",
    enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
    controls: ["CIS 5.1.1", ...rbacControls],
  },
  function* ({ object }) {
    const got = isBinding(object) ? read(object, "roleRef", "name") : undefined;
    if (got === "cluster-admin" || got === UNKNOWN) yield { field: "roleRef.name", got, want: "a role of its own" };
  },
);
