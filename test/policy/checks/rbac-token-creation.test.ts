import { rbacTokenCreation } from "../../../policy/checks/rbac-token-creation";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [`rules[0] must be without create on serviceaccounts/token, got ${got}`];

ruleCases(rbacTokenCreation, "rbac-token-creation", [
  ["passes tokens of one account", role(rule("", ["serviceaccounts/token"], ["create"], { resourceNames: ["web"] }))],
  ["passes creating accounts", role(rule("", ["serviceaccounts"], ["create"]))],
  [
    "fails tokens of any account",
    role(rule("", ["serviceaccounts/token"], ["create"])),
    must("create on serviceaccounts/token"),
  ],
  ...rolesInCommon("", "serviceaccounts/token"),
]);
