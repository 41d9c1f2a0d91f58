/** A wildcard grants what exists today and what a later version or operator adds; so does a role that collects every other one, cluster-admin among them.
 *  Fields: rules[*].{verbs,resources,apiGroups,nonResourceURLs} of Role and ClusterRole; forbidden: "*", also as "*\/scale" or "/metrics/*".
 *  aggregationRule.clusterRoleSelectors[*] of ClusterRole; forbidden: one that selects the roles Kubernetes comes with, as {} does. */

import { list } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { bootstrapLabels } from "../rules/bootstrap-table";
import { objectRule } from "../rules/object-rule";
import { isRole, rbacControls } from "../rules/rbac";
import { selects } from "../rules/selector";

export const rbacWildcards = objectRule(
  {
    id: "rbac-wildcards",
    severity: "high",
    description:
      "Roles name the verbs, resources and groups they grant: a wildcard grants everything, also what comes later.",
    fix: "name what the program really uses",
    controls: ["CIS 5.1.3", ...rbacControls],
  },
  function* ({ object }) {
    if (!isRole(object)) return;
    for (const [index, selector] of list(object, "aggregationRule", "clusterRoleSelectors").entries()) {
      const complaint = { field: `aggregationRule.clusterRoleSelectors[${index}]`, want: "for roles of its own" };
      const truth = selects(selector, bootstrapLabels);
      if (truth === UNKNOWN) yield { ...complaint, got: UNKNOWN };
      else if (truth) yield { ...complaint, said: "one that selects cluster-admin too" };
    }
    for (const [index, rule] of list(object, "rules").entries()) {
      for (const key of ["verbs", "resources", "apiGroups", "nonResourceURLs"]) {
        const given = list(rule, key);
        const field = rule === UNKNOWN ? `rules[${index}]` : `rules[${index}].${key}`;
        const want = "without wildcards";
        const wide = given.filter((one) => typeof one === "string" && one.includes("*"));
        if (wide.length > 0) yield { field, got: wide, want };
        else if (given.includes(UNKNOWN)) yield { field, got: UNKNOWN, want };
        if (rule === UNKNOWN) break;
      }
    }
  },
);
