/** cluster-admin may do everything everywhere; no program needs it, and a RoleBinding to it is everything in one namespace. Others of Kubernetes' own
 *  roles come to the same: admin and edit read every Secret and run any pod of a namespace, and in all namespaces that is the cluster. A ClusterRole
 *  that aggregates them has their rules.
 *  Fields: roleRef.name of RoleBinding and ClusterRoleBinding; forbidden: the names below. aggregationRule.clusterRoleSelectors[*] of ClusterRole;
 *  forbidden: one that selects them by the labels the API server gives them.
 *  Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { aggregationOf } from "../rules/aggregation";
import { objectRule } from "../rules/object-rule";
import { isBinding, rbacControls } from "../rules/rbac";
import { selects } from "../rules/selector";

const defaults = { "kubernetes.io/bootstrapping": "rbac-defaults" };
const toAdmin = { ...defaults, "rbac.authorization.k8s.io/aggregate-to-admin": "true" };
const toEdit = { ...defaults, "rbac.authorization.k8s.io/aggregate-to-edit": "true" };

/** Roles of the API server that no program is bound to, with the labels it gives them. */
const mighty = new Map<string, Readonly<Record<string, string>>>([
  ["cluster-admin", defaults],
  ["admin", defaults],
  ["edit", toAdmin],
  ["system:aggregate-to-admin", toAdmin],
  ["system:aggregate-to-edit", toEdit],
  ["system:kube-controller-manager", defaults],
  ["system:kubelet-api-admin", defaults],
  ["system:node", defaults],
]);

/** Roles of the control plane's own controllers: one writes any rule into any role, others run pods and delete everything. */
const controller = "system:controller:";

const isMighty = (name: string): boolean => mighty.has(name) || name.startsWith(controller);

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
    if (got === UNKNOWN || (isMighty(word(got)) && read(object, "roleRef", "kind") !== "Role"))
      yield { field: "roleRef.name", got, want: "a role of its own" };
    for (const [index, selector] of aggregationOf(object).entries()) {
      const complaint = { field: `aggregationRule.clusterRoleSelectors[${index}]`, want: "for roles of its own" };
      const truths = [...mighty].map(([name, labels]) => ({ name, truth: selects(selector, labels) }));
      const names = truths.filter(({ truth }) => truth === true).map(({ name }) => name);
      if (names.length > 0) yield { ...complaint, said: `one that selects ${names.join(", ")}` };
      else if (truths.some(({ truth }) => truth === UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    }
  },
);
