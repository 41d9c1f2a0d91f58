/** Some names stand for everyone: rights bound to them are rights of every pod, or of people who never logged in. system:masters is past all
 *  authorization and cannot be taken back. system:nodes is every kubelet, system:bootstrappers whoever holds a token to join a node.
 *  Fields: subjects[*] of RoleBinding and ClusterRoleBinding; forbidden: the names below, and the groups inside them. */

import { word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { isBinding, rbacControls, subjectsOf } from "../rules/rbac";

const broad = new Set([
  "system:masters",
  "system:anonymous",
  "system:unauthenticated",
  "system:authenticated",
  "system:serviceaccounts",
  "system:nodes",
  "system:bootstrappers",
]);

/** Every pod of one namespace, and tokens to join a node of one kind. */
const partOf = /^system:(?:serviceaccounts|bootstrappers):/;

export const rbacBroadSubjects = objectRule(
  {
    id: "rbac-broad-subjects",
    severity: "critical",
    description: "Rights are bound to a service account or a group of people, never to everyone or to system:masters.",
    fix: "bind the role to the service account that needs it",
    controls: ["CIS 5.1.7", ...rbacControls],
  },
  function* ({ object }) {
    if (!isBinding(object)) return;
    for (const { field, kind, name } of subjectsOf(object)) {
      if (kind === "ServiceAccount") continue;
      if (name === UNKNOWN || broad.has(word(name)) || partOf.test(word(name)))
        yield { field: `${field}.name`, got: name, want: "one user, group or service account" };
    }
  },
);
