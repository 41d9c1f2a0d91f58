/** A wildcard grants what exists today and what a later version or operator adds.
 *  Fields: rules[*].{verbs,resources,apiGroups,nonResourceURLs} of Role and ClusterRole; forbidden: "*", also as "*\/scale" or "/metrics/*". */

import { list } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { isRole, rbacControls, rbacEnforcement } from "../rules/rbac";

export const rbacWildcards = objectRule(
  {
    id: "rbac-wildcards",
    severity: "high",
    description:
      "Roles name the verbs, resources and groups they grant: a wildcard grants everything, also what comes later.",
    fix: "name what the program really uses",
    enforcement: rbacEnforcement,
    controls: ["CIS 5.1.3", ...rbacControls],
  },
  function* ({ object }) {
    if (!isRole(object)) return;
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
