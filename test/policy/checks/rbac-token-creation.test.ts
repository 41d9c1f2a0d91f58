import { rbacTokenCreation } from "../../../policy/checks/rbac-token-creation";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [`rules[0] must be without create on serviceaccounts/token, secrets, got ${got}`];

const named = { resourceNames: ["web"] };

ruleCases(rbacTokenCreation, "rbac-token-creation", [
  ["passes tokens of one account", role(rule("", ["serviceaccounts/token"], ["create"], { resourceNames: ["web"] }))],
  ["passes creating accounts", role(rule("", ["serviceaccounts"], ["create"]))],
  [
    "fails tokens of any account",
    role(rule("", ["serviceaccounts/token"], ["create"])),
    must("create on serviceaccounts/token"),
  ],
  [
    "fails creating Secrets, of which one type is a token",
    role(rule("", ["secrets"], ["get", "create"])),
    must("create on secrets"),
  ],
  ["passes creating named ones, which no request fits", role(rule("", ["secrets"], ["create"], named))],
  [
    "fails it with patch, which creates by name",
    role(rule("", ["secrets"], ["create", "patch"], named)),
    must("create on secrets"),
  ],
  [
    "fails names that may be none",
    role(rule("", ["secrets"], ["create"], { resourceNames: ["web", ""] })),
    must("create on secrets"),
  ],
  ...rolesInCommon("", "serviceaccounts/token"),
]);
