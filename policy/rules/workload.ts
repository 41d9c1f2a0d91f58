/** What runs pods: each with its labels, selector and number of pods. For rules that look from one object to another. Pure. */
import type { JsonObject, Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { entries, read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { podTemplatesOf } from "../pods/pod-spec";
import { memoizeByManifests } from "./memoize";
import type { RuleContext } from "./rule";

/** An object with a pod template. */
export interface Workload {
  readonly manifest: Manifest;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels its pods carry, those Kubernetes adds included; values or the whole may be unknown. */
  readonly labels: unknown;
  /** Its own LabelSelector, undefined for kinds that have none. */
  readonly selector: unknown;
  readonly spec: unknown;
  /** Annotations of the pod template. */
  readonly annotations: unknown;
  /** `spec.replicas`, 1 when unset; undefined for kinds that are not replicated by number. */
  readonly replicas: number | Unknown | undefined;
}

const replicated = new Set(["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"]);

/** Namespace an object is in; no name of any when it is not known yet, so that nothing of a known namespace is told by it. */
export function namespaceOf({ object }: Manifest, context: Pick<RuleContext, "namespace">): string {
  const written = read(object, "metadata", "namespace");
  return written === UNKNOWN ? "(unknown)" : text(written) || context.namespace;
}

/** All workloads among the objects, in their order. */
export const workloadsOf = memoizeByManifests((objects, context): readonly Workload[] =>
  objects.flatMap((manifest) =>
    podTemplatesOf(manifest.object, context.settings?.podKinds).map(({ template }) => {
      const metadata = unknownAbove(template) ? UNKNOWN : template.metadata;
      const { object } = manifest;
      const kind = text(object, "kind");
      const name = text(object, "metadata", "name");
      return {
        manifest,
        kind,
        name,
        namespace: namespaceOf(manifest, context),
        labels: labelsOf(object, name, read(metadata, "labels")),
        selector: selectorOf(object, read(object, "spec", "selector")),
        spec: template.spec,
        annotations: read(metadata, "annotations"),
        replicas: replicated.has(kind) ? replicasOf(read(object, "spec", "replicas")) : undefined,
      };
    }),
  ),
);

/** True when the whole template, or what it stands in, is unknown. */
function unknownAbove({ spec, metadata }: { spec: unknown; metadata: unknown }): boolean {
  return spec === UNKNOWN && metadata === undefined;
}

function labelsOf(object: JsonObject, name: string, labels: unknown): unknown {
  if (!isKind(object, "batch", "Job") || labels === UNKNOWN) return labels;
  return { "job-name": name, "batch.kubernetes.io/job-name": name, ...Object.fromEntries(entries(labels)) };
}

/** A ReplicationController's is a plain map. Pods and unselected Jobs have none. */
function selectorOf(object: JsonObject, selector: unknown): unknown {
  if (isKind(object, "", "ReplicationController") && selector !== undefined) return { matchLabels: selector };
  return selector;
}

function replicasOf(replicas: unknown): number | Unknown {
  if (replicas === UNKNOWN) return UNKNOWN;
  return typeof replicas === "number" ? replicas : 1;
}
