import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "./pod";
import type { Case } from "./rule-cases";

/** A Role, or a ClusterRole, with one rule. */
export const role = (rule: Json, kind = "Role") => manifest("rbac.authorization.k8s.io/v1", kind, { rules: [rule] });

/** A rule of a role. */
export const rule = (group: string, resources: Json, verbs: Json, rest: JsonObject = {}) => ({
  apiGroups: [group],
  resources,
  verbs,
  ...rest,
});

const unknown = ["rules[0] cannot be evaluated, got a value unknown until deployment"];

/** What every check of a role's rules has in common, shown with a resource it looks at. */
export const rolesInCommon = (group: string, resource: string): Case[] => [
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  ["cannot evaluate an unknown rule", role(UNKNOWN as never), unknown],
  ["cannot evaluate unknown verbs", role(rule(group, [resource], UNKNOWN as never)), unknown],
];
