/** Namespaces in which a program of theirs may create pods or give them labels: an operator, or a server that labels its leader. No template shows those. */
import { isKind } from "../manifest/is-kind";
import { list, text } from "../manifest/read";
import { rbacGroup } from "./aggregation";
import { memoizeByManifests } from "./memoize";
import { type Grant, isBinding, isRole, mayGrant } from "./rbac";
import { namespaceOf } from "./workload";

/** Creating pods, through workloads too, and changing their labels. */
const making: readonly Grant[] = [
  { group: "", resources: ["pods"], verbs: ["create", "update", "patch"] },
  { group: "", resources: ["replicationcontrollers"], verbs: ["create"] },
  { group: "apps", resources: ["deployments", "statefulsets", "daemonsets", "replicasets"], verbs: ["create"] },
  { group: "batch", resources: ["jobs", "cronjobs"], verbs: ["create"] },
];

/** Those of Roles, and of the accounts that ClusterRoles are bound to: a program's own pods are beside its account. */
export const podMakingNamespaces = memoizeByManifests((objects, context) => {
  const makers = objects.filter(({ object }) => isRole(object) && mayGrant(object, making));
  const nameOf = (object: unknown): string => text(object, "metadata", "name");
  const everywhere = new Set(
    makers.filter(({ object }) => isKind(object, rbacGroup, "ClusterRole")).map((one) => nameOf(one.object)),
  );
  const accounts = objects
    .filter(({ object }) => isBinding(object) && everywhere.has(text(object, "roleRef", "name")))
    .flatMap((binding) =>
      list(binding.object, "subjects").map((subject) => text(subject, "namespace") || namespaceOf(binding, context)),
    );
  const roles = makers
    .filter(({ object }) => isKind(object, rbacGroup, "Role"))
    .map((role) => namespaceOf(role, context));
  return new Set([...roles, ...accounts]);
});
