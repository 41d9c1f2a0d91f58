import { rbacSecretsAccess } from "../../../policy/checks/rbac-secrets-access";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without get, list, watch, update, patch, delete, deletecollection on secrets, got ${got}`,
];

ruleCases(rbacSecretsAccess, "rbac-secrets-access", [
  ["[FL-53] passes named Secrets", role(rule("", ["secrets"], ["get"], { resourceNames: ["web"] }))],
  ["passes creating some, which is another rule's", role(rule("", ["secrets"], ["create"]))],
  ["passes changing named Secrets", role(rule("", ["secrets"], ["update", "patch"], { resourceNames: ["web"] }))],
  ["fails changing any, which shows it", role(rule("", ["secrets"], ["create", "patch"])), must("patch on secrets")],
  [
    "fails deleting any, whose answer may be the Secret, and many, whose answer is all of them",
    role(rule("", ["secrets"], ["delete", "deletecollection"])),
    must("delete, deletecollection on secrets"),
  ],
  ["passes deleting named Secrets", role(rule("", ["secrets"], ["delete"], { resourceNames: ["web"] }))],
  ["passes secrets of another group", role(rule("example.com", ["secrets"], ["list"]))],
  [
    "[FL-53] fails listing Secrets",
    role(rule("", ["configmaps", "secrets"], ["list", "watch"])),
    must("list, watch on secrets"),
  ],
  ["fails a ClusterRole that gets any", role(rule("", ["secrets"], ["get"]), "ClusterRole"), must("get on secrets")],
  [
    "fails what wildcards stand for",
    role(rule("*", ["*"], ["*"])),
    must("get, list, watch, update, patch, delete, deletecollection on secrets"),
  ],
  [
    "fails the name of a list, which is none",
    role(rule("", ["secrets"], ["list", "watch"], { resourceNames: ["web", ""] })),
    must("list, watch on secrets"),
  ],
  [
    "cannot evaluate names nobody knows yet",
    role(rule("", ["secrets"], ["get"], { resourceNames: UNKNOWN as never })),
    ["rules[0] cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "passes a single name nobody knows yet",
    role(rule("", ["secrets"], ["get"], { resourceNames: [UNKNOWN as never] })),
  ],
  ...rolesInCommon("", "secrets"),
]);
