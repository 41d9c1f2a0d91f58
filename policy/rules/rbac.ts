/** What a Role grants, and the rules that forbid single grants. Pure. */

import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import type { Complaint } from "./object-rule";
import { objectRule } from "./object-rule";
import type { ObjectRule, RuleInfo } from "./rule";
import type { Truth } from "./selector";

/** Permissions no workload of this project needs. */
export interface Grant {
  /** API group, "" for core. */
  readonly group: string;
  /** Names of resources with subresource, e.g. "pods/exec"; "*" for any. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Not forbidden when the rule names the objects it is for. @default false */
  readonly unlessNamed?: boolean;
}

export const rbacControls = ["ZN-25", "ZN-67", "SOC2 CC6.1", "NSA/CISA Authentication and authorization"] as const;

/** Broad grants are shown in dev and refused elsewhere (ZN-43, ZN-44). */
export const rbacEnforcement = { dev: "advisory", staging: "mandatory", prod: "mandatory" } as const;

/** True for Role and ClusterRole of any version. */
export const isRole = (object: unknown): boolean =>
  text(object, "apiVersion").startsWith("rbac.authorization.k8s.io/") &&
  /^(?:Cluster)?Role$/.test(text(object, "kind"));

/** True for RoleBinding and ClusterRoleBinding of any version. */
export const isBinding = (object: unknown): boolean =>
  text(object, "apiVersion").startsWith("rbac.authorization.k8s.io/") &&
  /^(?:Cluster)?RoleBinding$/.test(text(object, "kind"));

/** A rule that forbids grants in Roles and ClusterRoles. Wildcards count as everything they stand for.
 *  Upstream: pkg/apis/rbac/v1/evaluation_helpers.go. */
export function grantRule(info: RuleInfo, grants: readonly Grant[]): ObjectRule {
  return objectRule(info, function* ({ object }) {
    if (!isRole(object)) return;
    for (const [index, rule] of list(object, "rules").entries()) {
      const found = grants.map((grant) => granted(rule, grant));
      const said = found.filter((one): one is string => typeof one === "string");
      const complaint: Omit<Complaint, "got"> = {
        field: `rules[${index}]`,
        want: `without ${grants.map(inWords).join(" and ")}`,
      };
      if (said.length > 0) yield { ...complaint, said: said.join(" and ") };
      else if (found.includes(UNKNOWN)) yield { ...complaint, got: UNKNOWN };
    }
  });
}

const inWords = ({ verbs, resources }: Grant): string => `${verbs.join(", ")} on ${resources.join(", ")}`;

/** What of a grant a rule gives, in words; UNKNOWN when that cannot be told. */
function granted(rule: unknown, { group, resources, verbs, unlessNamed }: Grant): string | typeof UNKNOWN | undefined {
  if (rule === UNKNOWN) return UNKNOWN;
  const named = unlessNamed === true ? namesObjects(rule) : false;
  if (named === true) return undefined;
  const groups = list(rule, "apiGroups");
  const of = (wanted: readonly string[], given: readonly unknown[]): string[] =>
    wanted.filter((one) => given.some((each) => each === one || each === "*" || one === "*" || isSub(each, one)));
  const isGroup = groups.includes(group) || groups.includes("*") || group === "*";
  const given = of(verbs, list(rule, "verbs"));
  const onto = of(resources, list(rule, "resources"));
  if (isGroup && given.length > 0 && onto.length > 0)
    return named === UNKNOWN ? UNKNOWN : `${given.join(", ")} on ${onto.join(", ")}`;
  const lists = [groups, list(rule, "verbs"), list(rule, "resources")];
  const hits = [isGroup, given.length > 0, onto.length > 0];
  return lists.every((one, at) => hits[at] === true || one.includes(UNKNOWN)) ? UNKNOWN : undefined;
}

/** Whether a rule is for some objects by name only. A request for a list has no name, so an empty one is a grant for all of them (ResourceNameMatches). */
function namesObjects(rule: unknown): Truth {
  const names = read(rule, "resourceNames");
  if (names === UNKNOWN) return UNKNOWN;
  return Array.isArray(names) && names.length > 0 && !names.includes("");
}

/** `*\/exec` is every resource's exec; `impersonate:user-info` is one way to impersonate (KEP-5284). */
function isSub(given: unknown, wanted: string): boolean {
  if (typeof given !== "string") return false;
  return (given.startsWith("*/") && wanted.endsWith(given.slice(1))) || given.startsWith(`${wanted}:`);
}

/** Subjects of a binding with their place. */
export function subjectsOf(object: unknown): { field: string; kind: unknown; name: unknown }[] {
  return list(object, "subjects").map((subject, index) => ({
    field: `subjects[${index}]`,
    kind: read(subject, "kind"),
    name: read(subject, "name"),
  }));
}
