/** A controller creates the pods of a workload without asking who wrote it, so creating or changing a Deployment is creating pods.
 *  Fields: rules of Role and ClusterRole; forbidden: create, update, patch on the kinds that hold a pod template, custom ones among them
 *  (`podKinds` of the settings), on the revisions a controller goes back to, and on the kinds of well-known controllers that make pods. */
import { podMakingResources } from "../pods/pod-making-resources";
import { podKindsOf } from "../pods/pod-spec";
import { type Grant, grantRule, rbacControls } from "../rules/rbac";

const verbs = ["create", "update", "patch"];

/** Kinds whose pods no controller creates: a Pod is one, and a PodTemplate is only kept. */
const idle = new Set([" Pod", " PodTemplate"]);

/** The resource of a kind as the API machinery guesses it (apimachinery pkg/api/meta, UnsafeGuessKindToResource). */
function resourceOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith("s")) return `${word}es`;
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}

export const rbacWorkloadCreation = grantRule(
  {
    id: "rbac-workload-creation",
    severity: "high",
    description:
      "No role creates or changes workloads: their pods have every service account, Secret and volume of the namespace.",
    fix: "create the workloads with the deployment; let the program change their scale only, through the subresource scale",
    controls: ["CIS 5.1.4", ...rbacControls],
  },
  ({ settings }): Grant[] => [
    ...podKindsOf(settings?.podKinds)
      .filter(({ group, kind }) => !idle.has(`${group} ${kind}`))
      .map(({ group, kind }) => ({ group, resources: [resourceOf(kind)], verbs })),
    { group: "apps", resources: ["controllerrevisions"], verbs },
    ...podMakingResources.map(([group, ...resources]) => ({ group, resources, verbs })),
  ],
  "without create, update, patch on workloads",
);
