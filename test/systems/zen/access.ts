/** Questions about what the agent may do, with the answers that follow from the table of permissions. Pure. */
import {
  forbidden,
  type Grant,
  kindsOf,
  observed,
  ownGrants,
  partsOf,
  type Resource,
  verbs,
} from "../../../systems/zen/permissions";
import type { ProfileName } from "../../../systems/zen/profiles";

/** One question to an API server about the agent's account. */
export interface Question {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What has to be answered. */
  readonly allowed: boolean;
}

/** Namespaces the questions are about: the agent's own, one it may change, and one it may not. */
export interface Places {
  readonly own: string;
  readonly target: string;
  readonly other: string;
}

const clusterWide = new Set([
  "namespaces",
  "nodes",
  "clusterrolebindings",
  "validatingwebhookconfigurations",
  "customresourcedefinitions",
]);

/** What it may do in a namespace. `instance`: its full name. */
function grantsIn(namespace: string, profile: ProfileName, places: Places, instance: string): Grant[] {
  const reached = profile === "local" || namespace === places.target;
  return [
    ...(namespace === places.own ? ownGrants(instance) : []),
    ...(reached ? observed.map((resource) => ({ resource, verbs: verbs.observe })) : []),
    ...(reached ? kindsOf(profile).map((resource) => ({ resource, verbs: verbs.remediate })) : []),
  ];
}

const every = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] as const;

/** Every question for a profile: what is granted, the same verbs elsewhere, all other verbs there, and what is forbidden everywhere. */
export function questionsFor(profile: ProfileName, places: Places, instance: string): Question[] {
  const namespaces = [places.own, places.target, places.other];
  const seen = new Map<string, Question>();
  const ask = (resource: Resource, verb: string, namespace: string, name = ""): void => {
    const [main = "", subresource = ""] = resource.split("/");
    const { group, plural } = partsOf(main);
    const grants = grantsIn(namespace, profile, places, instance);
    const allowed = grants.some(
      (one) => one.resource === resource && one.verbs.includes(verb) && (one.name === undefined || one.name === name),
    );
    const where = clusterWide.has(plural) ? "" : namespace;
    const question = { verb, group, resource: plural, subresource, namespace: where, name, allowed };
    seen.set(JSON.stringify({ ...question, allowed: undefined }), question);
  };
  for (const namespace of namespaces) {
    for (const { resource, name } of ownGrants(instance))
      for (const verb of every) ask(resource, verb, namespace, name);
    ask("leases.coordination.k8s.io", "update", namespace, "another");
    for (const resource of new Set([...observed, ...kindsOf(profile)]))
      for (const verb of every) ask(resource, verb, namespace);
    for (const { resource, verbs: all } of forbidden) for (const verb of all) ask(resource, verb, namespace);
  }
  return [...seen.values()];
}
