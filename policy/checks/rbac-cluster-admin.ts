/** cluster-admin may do everything everywhere; no program needs it, and a RoleBinding to it is everything in one namespace. Others of Kubernetes' own
 *  roles come to the same or to a part of it: admin and edit read every Secret and run any pod of a namespace, the scheduler's puts pods on any node,
 *  system:persistent-volume-provisioner reaches the node's files. A ClusterRole that aggregates them has their rules.
 *  Fields: roleRef.name of RoleBinding and ClusterRoleBinding; forbidden: the API server's own roles that grant what another rule here forbids
 *  (rules/bootstrap-roles.ts), two more that are named below, and those of its controllers. aggregationRule.clusterRoleSelectors[*] of ClusterRole;
 *  forbidden: one that selects them by the labels the API server gives them.
 *  Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { aggregationOf } from "../rules/aggregation";
import { bootstrapLabels, controllerPrefix, knownRoles, readRoles } from "../rules/bootstrap-table";
import { objectRule } from "../rules/object-rule";
import { isBinding, rbacControls } from "../rules/rbac";
import { selects } from "../rules/selector";

/** Roles no grant rule has anything against, as they are: one writes roles and bindings of a namespace, the other asks for the certificate of a node,
 *  which a cluster may approve by itself. */
const besides = readRoles("system:aggregate-to-admin >admin\nsystem:node-bootstrapper");

/** Roles of the API server that no program is bound to, with the labels it gives them; the mightiest first. */
const mighty = new Map<string, Readonly<Record<string, string>>>([
  ["cluster-admin", bootstrapLabels],
  ...[...knownRoles, ...besides].map(({ name, labels }) => [name, labels] as const),
]);

/** Names shown of the roles that a selector selects. */
const most = 5;

const isMighty = (name: string): boolean => mighty.has(name) || name.startsWith(controllerPrefix);

export const rbacClusterAdmin = objectRule(
  {
    id: "rbac-cluster-admin",
    severity: "critical",
    description:
      "No subject is bound to cluster-admin or another role of Kubernetes' own that grants what no role here may.",
    fix: "bind a Role with the rules the program uses",
    controls: ["CIS 5.1.1", ...rbacControls],
  },
  function* ({ object }) {
    const got = isBinding(object) ? read(object, "roleRef", "name") : undefined;
    if (got === UNKNOWN || (isMighty(word(got)) && read(object, "roleRef", "kind") !== "Role"))
      yield { field: "roleRef.name", got, want: "a role of its own" };
    for (const [index, selector] of aggregationOf(object).entries()) {
      const complaint = { field: `aggregationRule.clusterRoleSelectors[${index}]`, want: "for roles of its own" };
      const truths = [...mighty].map(([name, labels]) => ({ name, truth: selects(selector, labels) }));
      const names = truths.filter(({ truth }) => truth === true).map(({ name }) => name);
      const more = names.length > most ? ` and ${names.length - most} more` : "";
      if (names.length > 0) yield { ...complaint, said: `one that selects ${names.slice(0, most).join(", ")}${more}` };
      else if (truths.some(({ truth }) => truth === UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    }
  },
);
