/** A controller makes pods of what its custom resources hold, and the pack evaluates them where it knows the kind. What looks like a pod in any other kind is
 *  told, with the setting that has it evaluated; so is a setting that leads nowhere.
 *  Fields: in kinds other than Kubernetes' workloads and those in `<project>:policy.podKinds`, any map with containers (containers, initContainers,
 *  ephemeralContainers, steps, sidecars and the like, or one container alone: each known by image, command, volumeMounts or securityContext), with
 *  hostNetwork, hostPID or hostIPC, with hostPath or hostDisk, or with a security context that takes a right a pod does not have by itself; and values that
 *  are not known yet, which may hold one; allowed: none. Only lists of containers with images count in kinds of Kubernetes, of policy engines, which speak of
 *  pods, and in those that gitops-source tells. Not looked into: metadata, and CustomResourceDefinitions, which describe and hold no pods.
 *  Upstream: Pod Security admission sees a template only in the workloads of Kubernetes (admission/admission.go, defaultPodSpecResources). */
import type { JsonObject } from "../contract";
import { groupOf, isOwnGroup } from "../manifest/kind-table";
import { unknownPaths } from "../manifest/known-values";
import { text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import type { Marks } from "../pods/pod-marks";
import { type PodShape, podShapesIn } from "../pods/pod-shapes";
import { emptyPaths, isWorkload, podTemplatesOf } from "../pods/pod-spec";
import { sourcesOf } from "../rules/gitops-sources";
import { isPolicyEngine } from "../rules/kind-scope";
import { type Complaint, objectRule } from "../rules/object-rule";

export const podInCustomKind = objectRule(
  {
    id: "pod-in-custom-kind",
    severity: "high",
    description: "The pack knows of every kind that makes pods where its pods are, so that all of them are validated.",
    why: "A custom resource may hold a privileged pod that was not validated before its controller creates it.",
    fix: "add the kind to <project>:policy.podKinds",
    controls: ["MR-54"],
  },
  function* ({ object }, { settings }): Generator<Complaint> {
    const group = groupOf(text(object, "apiVersion"));
    if (group === "apiextensions.k8s.io" || isWorkload(object)) return;
    const { podKinds = [] } = settings ?? {};
    for (const path of emptyPaths(object, podKinds)) {
      const fix = `correct the path in <project>:policy.podKinds (group: ${group}, kind: ${text(object, "kind")})`;
      yield { field: path, said: "nothing, where podKinds says that its pods are", want: "a pod template", fix };
    }
    const templates = podTemplatesOf(object, podKinds);
    const known = new Set<unknown>(templates.map(({ template }) => template.spec));
    const shapes = podShapesIn(object, known, marksOf(object, group));
    for (const shape of shapes) {
      const said = `${shape.what} in a kind whose pods the pack does not know`;
      yield { field: shape.field, said, want: "evaluated like any pod", undetermined: true, fix: fixOf(object, shape) };
    }
    if (shapes.length + templates.length > 0 || !isCustom(group)) return;
    const [field] = unknownPaths({ ...object, metadata: {} });
    const fix = "use plain values, or add the kind to <project>:policy.podKinds where it makes pods";
    if (field !== undefined) yield { field, got: UNKNOWN, want: "evaluated like any pod", fix };
  },
);

/** Groups of other makers; Kubernetes' own have pods in workloads only. */
const isCustom = (group: string): boolean => group.includes(".") && !/(?:^|\.)k8s\.io$/.test(group);

/** What gives a pod away in an object. The values of a chart have names of their own. */
const marksOf = (object: JsonObject, group: string): Marks =>
  !group.includes(".") || isOwnGroup(group) || isPolicyEngine(group) || sourcesOf(object).length > 0 ? "images" : "all";

/** The entry of podKinds that has the pod evaluated, where there can be one: it names the map that has the pod's `spec`. */
function fixOf(object: JsonObject, { steps }: PodShape): string {
  const group = groupOf(text(object, "apiVersion"));
  const path = steps.slice(0, -1).join(".");
  if (steps.at(-1) === "spec" && path !== "" && group.includes(".")) {
    const entry = `{ group: ${group}, kind: ${text(object, "kind")}, path: ${path} }`;
    return `add ${entry} to <project>:policy.podKinds, or leave it where the list only changes a pod that its controller makes`;
  }
  return "leave it where the list only changes a pod that its controller makes, else have its namespace enforce Pod Security: no entry of <project>:policy.podKinds can name a pod that is not the spec of a template";
}
