/** What the agent's account may do: the data of its Roles, of their defaults in the chart, and of the questions that try them. Pure. */
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

/** Kinds a remediation may change unless the values say otherwise: none that makes pods, since who changes those has every account and Secret of the namespace. */
export const remediationKinds: readonly Resource[] = [
  ...["resourcequotas", "limitranges"],
  ...["networkpolicies.networking.k8s.io", "poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling"],
];

/** What the profile `local` may change beside them, in every namespace. */
export const localKinds: readonly Resource[] = ["services", "deployments.apps", "statefulsets.apps", "daemonsets.apps"];

/** Kinds to change by profile. */
export const kindsOf = (profile: ProfileName): readonly Resource[] =>
  profile === "local" ? [...remediationKinds, ...localKinds] : remediationKinds;

/** Verbs on what is looked at, and on what is changed: server-side apply is a patch. */
export const verbs = { observe: ["get", "list", "watch"], remediate: ["get", "patch"] } as const;

export interface Grant {
  readonly resource: Resource;
  readonly verbs: readonly string[];
  /** Without it of any name. */
  readonly name?: string;
}

const kind = (plural: string): Resource => `${plural}.zen.kube-zen.io`;

/** What it may do in its own namespace, whatever the profile. `instance`: the release's full name, which is that of its Lease. */
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

/** What nobody who took over the agent may do, anywhere. */
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
