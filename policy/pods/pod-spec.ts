/** Finds the pod templates inside an object: the nine workload kinds of Kubernetes, and custom kinds by table. Pure. */
import type { Json } from "../contract";
import { UNKNOWN } from "../manifest/unknown";

/** Where a custom kind keeps its pod template. */
export interface PodKind {
  /** API group, "" for core; any version of it. */
  readonly group: string;
  readonly kind: string;
  /** Path of the object that has the pod's `metadata` and `spec`, e.g. ["spec", "template"]; [] when it is the object itself. */
  readonly path: readonly string[];
}

export interface PodTemplate {
  /** Path of the template in the object, e.g. "spec.template"; "" for a Pod. */
  readonly path: string;
  /** "Pod" when the object is a pod itself: pass it on to `evaluatePod`. */
  readonly kind: "Pod" | "PodTemplate";
  readonly template: { readonly metadata: Json | undefined; readonly spec: Json | undefined };
}

const template = ["spec", "template"];

/** What Pod Security admission looks into. Upstream: admission/admission.go, defaultPodSpecResources. */
const kubernetesKinds: readonly PodKind[] = [
  { group: "", kind: "Pod", path: [] },
  { group: "", kind: "PodTemplate", path: ["template"] },
  { group: "", kind: "ReplicationController", path: template },
  { group: "apps", kind: "ReplicaSet", path: template },
  { group: "apps", kind: "Deployment", path: template },
  { group: "apps", kind: "StatefulSet", path: template },
  { group: "apps", kind: "DaemonSet", path: template },
  { group: "batch", kind: "Job", path: template },
  { group: "batch", kind: "CronJob", path: ["spec", "jobTemplate", "spec", "template"] },
];

/** Custom kinds whose pods only show up at run time: admission never sees the template, so a pack should. */
const customPodKinds: readonly PodKind[] = [
  { group: "argoproj.io", kind: "Rollout", path: template },
  { group: "serving.knative.dev", kind: "Service", path: template },
  { group: "serving.knative.dev", kind: "Configuration", path: template },
  { group: "keda.sh", kind: "ScaledJob", path: ["spec", "jobTargetRef", "template"] },
];

/** The pod templates of an object, none when it has none. Lists (`kind: List`) are not opened. Never throws. */
export function podTemplatesOf(object: unknown, custom: readonly PodKind[] = customPodKinds): PodTemplate[] {
  if (!isObject(object) || typeof object.kind !== "string" || typeof object.apiVersion !== "string") return [];
  const slash = object.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : object.apiVersion.slice(0, slash);
  const known = find(kubernetesKinds, group, object.kind) ?? find(custom, group, object.kind);
  if (known === undefined) return [];

  let at: Json | undefined = object;
  for (const key of known.path) {
    if ((at as unknown) === UNKNOWN) break; // everything below is unknown too: a template nobody can judge, not none
    at = isObject(at) ? at[key] : undefined;
  }
  // A controller may leave its template out (a Rollout with workloadRef); a template that is not an object is judged, and found wrong.
  if (at === undefined || at === null) return [];
  const parts = isObject(at) ? { metadata: at.metadata, spec: at.spec } : { metadata: undefined, spec: at };
  return [{ path: known.path.join("."), kind: known.kind === "Pod" ? "Pod" : "PodTemplate", template: parts }];
}

function find(kinds: readonly PodKind[], group: string, kind: string): PodKind | undefined {
  return kinds.find((known) => known.kind === kind && known.group === group);
}

function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
