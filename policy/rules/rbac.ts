/** What a Role grants, and the rules that forbid single grants. Pure. */

import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { list, read } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { rbacGroup, spread } from "./aggregation";
import { memoizeByManifests } from "./memoize";
import type { Complaint } from "./object-rule";
import { objectRule } from "./object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "./rule";
import type { Truth } from "./selector";

/** Permissions no workload of this project needs. */
export interface Grant {
  /** API group, "" for core. */
  readonly group: string;
  /** Names of resources with subresource, e.g. "pods/exec"; "userextras/*" for any subresource. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Not forbidden when the rule names the objects it is for. @default false */
  readonly unlessNamed?: boolean;
}

/** What a rule gives of a grant. */
type Given = Pick<Grant, "resources" | "verbs">;

export const rbacControls = [
  "ZN-25",
  "ZN-67",
  "SOC2 CC6.1",
  "ZN T1",
  "ZN T9",
  "NSA/CISA Authentication and authorization",
] as const;

/** True for Role and ClusterRole of any version. */
export const isRole = (object: unknown): boolean =>
  ["Role", "ClusterRole"].some((kind) => isKind(object, rbacGroup, kind));

/** True for RoleBinding and ClusterRoleBinding of any version. */
export const isBinding = (object: unknown): boolean =>
  ["RoleBinding", "ClusterRoleBinding"].some((kind) => isKind(object, rbacGroup, kind));

const rolesOf = memoizeByManifests(
  (objects): ReadonlySet<Manifest> => new Set(objects.filter(({ object }) => isRole(object))),
);

const noneAggregated: ReturnType<typeof spread> = new Map();

/** A rule that forbids grants in Roles and ClusterRoles. Wildcards count as everything they stand for, and a ClusterRole that aggregates a ClusterRole in
 *  view has its rules. `want` says what must hold where a list of all grants is too long.
 *  Upstream: pkg/apis/rbac/v1/evaluation_helpers.go. */
export function grantRule(
  info: RuleInfo,
  grants: readonly Grant[] | ((context: Pick<RuleContext, "settings">) => readonly Grant[]),
  want?: string,
): ObjectRule {
  const forbidden = (context: Pick<RuleContext, "settings">) =>
    typeof grants === "function" ? grants(context) : grants;
  const given = memoizeByManifests((objects, context) => {
    const grants = forbidden(context);
    const own = new Map<Manifest, Map<number, string | Unknown>>();
    for (const manifest of rolesOf(objects, context)) {
      const found = givenBy(manifest.object, grants);
      if (found.size > 0) own.set(manifest, found);
    }
    const saidOf = (found: Map<number, string | Unknown>) =>
      [...found.values()].find((one) => one !== UNKNOWN) ?? UNKNOWN;
    const words = new Map([...own].map(([manifest, found]) => [manifest, saidOf(found)] as const));
    return { own, aggregated: words.size === 0 ? noneAggregated : spread(objects, words) };
  });
  return objectRule(info, function* (manifest, context, objects) {
    if (!rolesOf(objects, context).has(manifest)) return;
    const { own, aggregated } = given(objects, context);
    const [rules, selectors] = [own.get(manifest), aggregated.get(manifest)];
    if (rules === undefined && selectors === undefined) return;
    const without = want ?? `without ${inWords(forbidden(context))}`;
    for (const [index, said] of rules ?? []) yield complaint(`rules[${index}]`, said, without);
    for (const { index, said } of selectors ?? [])
      yield complaint(`aggregationRule.clusterRoleSelectors[${index}]`, said, `for roles ${without}`);
  });
}

const complaint = (field: string, said: string | Unknown, want: string): Complaint =>
  said === UNKNOWN ? { field, got: UNKNOWN, want } : { field, said, want };

/** Whether a role gives any of the grants, or may give it: a part of it is not known yet. */
export const mayGrant = (role: unknown, grants: readonly Grant[]): boolean => givenBy(role, grants).size > 0;

/** What the rules of a role give, by their index. */
function givenBy(role: unknown, grants: readonly Grant[]): Map<number, string | Unknown> {
  const found = new Map<number, string | Unknown>();
  for (const [index, rule] of list(role, "rules").entries()) {
    const all = grants.map((grant) => granted(rule, grant));
    const known = all.filter((one) => one !== undefined && one !== UNKNOWN);
    if (known.length > 0) found.set(index, inWords(known));
    else if (all.includes(UNKNOWN)) found.set(index, UNKNOWN);
  }
  return found;
}

/** Grants in words, those with the same verbs as one. */
function inWords(grants: readonly Given[]): string {
  const byVerbs = new Map<string, Set<string>>();
  for (const { verbs, resources } of grants) {
    const key = verbs.join(", ");
    byVerbs.set(key, new Set([...(byVerbs.get(key) ?? []), ...resources]));
  }
  return [...byVerbs].map(([verbs, resources]) => `${verbs} on ${[...resources].join(", ")}`).join(" and ");
}

/** What of a grant a rule gives; UNKNOWN when that cannot be told. */
function granted(rule: unknown, { group, resources, verbs, unlessNamed }: Grant): Given | Unknown | undefined {
  if (rule === UNKNOWN) return UNKNOWN;
  const named = namesObjects(rule);
  if (unlessNamed === true && named === true) return undefined;
  const lists = ["apiGroups", "verbs", "resources"].map((key) => list(rule, key));
  const [groups = [], asked = [], onto = []] = lists;
  const isGroup = groups.includes(group) || groups.includes("*");
  const allowed = verbs.filter((verb) => asked.includes(verb) || asked.includes("*"));
  const covered = resources.filter((resource) => onto.some((one) => covers(one, resource)));
  const given = { verbs: allowed, resources: covered };
  const hits = [isGroup, allowed.length > 0, covered.length > 0];
  if (hits.every(Boolean)) {
    if (named === true && createsNothing(given, asked)) return undefined;
    return named === UNKNOWN && unlessNamed === true ? UNKNOWN : given;
  }
  return lists.every((one, at) => hits[at] === true || one.includes(UNKNOWN)) ? UNKNOWN : undefined;
}

/** Whether a rule is for some objects by name only. A request for a list has no name, so an empty one is a grant for all of them (ResourceNameMatches). */
function namesObjects(rule: unknown): Truth {
  const names = read(rule, "resourceNames");
  if (names === UNKNOWN) return UNKNOWN;
  return Array.isArray(names) && names.length > 0 && !names.includes("");
}

/** A request to create has no name, so a rule with names never allows it; but a patch that applies an object on the server may create it, and has one. */
function createsNothing({ verbs, resources }: Given, asked: readonly unknown[]): boolean {
  const byPatch = asked.includes("patch") || asked.includes("*") || asked.includes(UNKNOWN);
  return !byPatch && verbs.every((verb) => verb === "create") && !resources.some((resource) => resource.includes("/"));
}

/** Whether a resource in a rule stands for one of a grant: `*` is everything, `*\/exec` every resource's exec. */
function covers(given: unknown, wanted: string): boolean {
  if (typeof given !== "string") return false;
  if (given === wanted || given === "*") return true;
  const [resource = "", sub] = given.split("/");
  const [own, part] = wanted.split("/");
  return (
    sub !== undefined && part !== undefined && (resource === "*" || resource === own) && (part === "*" || sub === part)
  );
}

/** Subjects of a binding with their place. */
export function subjectsOf(object: unknown): { field: string; kind: unknown; name: unknown }[] {
  return list(object, "subjects").map((subject, index) => ({
    field: `subjects[${index}]`,
    kind: read(subject, "kind"),
    name: read(subject, "name"),
  }));
}
