/** Permissions of the agent's ServiceAccount: data of its Roles, of their defaults in the chart, and of the tests that verify them. Pure. */
import type { ProfileName } from "./profiles";

/** A resource as kubectl writes it: its plural, and its group with a dot before it, such as `deployments.apps`. */
export type Resource = string;

/** Group and plural of a resource. */
export function partsOf(resource: Resource): { readonly group: string; readonly plural: string } {
  const [plural = "", ...group] = resource.split(".");
  return { group: group.join("."), plural };
}

/** Kinds the agent reads to validate a change: never Secrets, nor ConfigMaps, which may hold credentials by mistake. */
export const observed: readonly Resource[] = [
  ...["pods", "services", "events", "serviceaccounts", "resourcequotas", "limitranges"],
  ...["deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps"],
  ...["jobs.batch", "cronjobs.batch"],
  ...["networkpolicies.networking.k8s.io", "ingresses.networking.k8s.io"],
  ...["poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling"],
];

/** Default kinds that a remediation may change: none that creates pods, since changing those gives access to every ServiceAccount and Secret of the namespace. */
export const remediationKinds: readonly Resource[] = [
  ...["resourcequotas", "limitranges"],
  ...["networkpolicies.networking.k8s.io", "poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling"],
];

/** Additional kinds that the profile `local` may change, in every namespace. */
export const localKinds: readonly Resource[] = ["services", "deployments.apps", "statefulsets.apps", "daemonsets.apps"];

/** Kinds to change by profile. */
export const kindsOf = (profile: ProfileName): readonly Resource[] =>
  profile === "local" ? [...remediationKinds, ...localKinds] : remediationKinds;

/** Verbs for observed kinds, and for changed kinds: server-side apply is a patch. */
export const verbs = { observe: ["get", "list", "watch"], remediate: ["get", "patch"] } as const;

export interface Grant {
  readonly resource: Resource;
  readonly verbs: readonly string[];
  /** Names of the objects. @default any name */
  readonly name?: string;
}

const kind = (plural: string): Resource => `${plural}.zen.kube-zen.io`;

/** Permissions in its own namespace, independent of the profile. `instance`: the release's full name, which its Lease has too. */
export const ownGrants = (instance: string): readonly Grant[] => [
  { resource: "leases.coordination.k8s.io", verbs: ["create"] },
  { resource: "leases.coordination.k8s.io", verbs: ["get", "update", "patch"], name: instance },
  { resource: kind("zenagentremediations"), verbs: ["get", "list", "watch", "create", "update", "patch", "delete"] },
  { resource: `${kind("zenagentremediations")}/status`, verbs: ["get", "update", "patch"] },
  { resource: kind("observations"), verbs: ["get", "list", "watch"] },
  { resource: "events", verbs: ["create"] },
];

/** Where the agent's own namespace stands among those it may change, by index: there is its NetworkPolicy, and what is changed there changes what the agent is
 *  held by. */
export const ownTargets = (namespaces: readonly string[], own: string): number[] =>
  namespaces.flatMap((one, index) => (one === own ? [index] : []));

/** Permissions that the agent must not have anywhere, in case it is compromised. */
export const forbidden: readonly Grant[] = [
  { resource: "secrets", verbs: ["get", "list", "watch", "create", "update", "patch", "delete"] },
  { resource: "configmaps", verbs: ["get", "create", "update", "patch"] },
  { resource: "pods/exec", verbs: ["create", "get"] },
  { resource: "pods", verbs: ["create", "delete", "patch"] },
  { resource: "serviceaccounts/token", verbs: ["create"] },
  { resource: "roles.rbac.authorization.k8s.io", verbs: ["create", "bind", "escalate", "patch"] },
  { resource: "clusterrolebindings.rbac.authorization.k8s.io", verbs: ["create", "patch"] },
  { resource: "namespaces", verbs: ["patch", "delete"] },
  { resource: "nodes/proxy", verbs: ["get"] },
  { resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", verbs: ["create", "patch"] },
  { resource: "customresourcedefinitions.apiextensions.k8s.io", verbs: ["create", "delete"] },
];
