/** Finds the pod templates inside an object: the nine workload kinds of Kubernetes, and custom kinds by table. Pure. */
import type { Json, JsonObject } from "../contract";
import { UNKNOWN } from "../manifest/unknown";

/** Where a kind keeps a pod template. A kind with several has an entry for each. */
export interface PodKind {
  /** API group, "" for core; any version of it. */
  readonly group: string;
  readonly kind: string;
  /** Path of the object that has the pod's `metadata` and `spec`, e.g. "spec.template"; "" when it is the object itself. A step "*" stands for every
   *  element of a list and every value of an object, e.g. "spec.workers.*.template". */
  readonly path: string;
}

export interface PodTemplate {
  /** Path of the template in the object, e.g. "spec.template"; "" for a Pod. */
  readonly path: string;
  /** "Pod" when the object is a pod itself: pass it on to `evaluatePod`. */
  readonly kind: "Pod" | "PodTemplate";
  readonly template: { readonly metadata: Json | undefined; readonly spec: Json | undefined };
}

const template = "spec.template";

/** What Pod Security admission looks into. Upstream: admission/admission.go, defaultPodSpecResources. */
const kubernetesKinds: readonly PodKind[] = [
  { group: "", kind: "Pod", path: "" },
  { group: "", kind: "PodTemplate", path: "template" },
  { group: "", kind: "ReplicationController", path: template },
  { group: "apps", kind: "ReplicaSet", path: template },
  { group: "apps", kind: "Deployment", path: template },
  { group: "apps", kind: "StatefulSet", path: template },
  { group: "apps", kind: "DaemonSet", path: template },
  { group: "batch", kind: "Job", path: template },
  { group: "batch", kind: "CronJob", path: "spec.jobTemplate.spec.template" },
];

/** The same kinds in the group they were in up to Kubernetes 1.15. No cluster serves it any more, which removed-api-versions says; nobody may be granted them. */
const endedKinds: readonly PodKind[] = ["DaemonSet", "Deployment", "ReplicaSet"].map((kind) => ({
  group: "extensions",
  kind,
  path: template,
}));

/** Where Kubernetes itself says that an object keeps its pods. */
const nativeKinds: readonly PodKind[] = [...kubernetesKinds, ...endedKinds];

/** Custom kinds whose pods only show up at run time: admission never sees the template, so a pack should. */
const customPodKinds: readonly PodKind[] = [
  { group: "argoproj.io", kind: "Rollout", path: template },
  { group: "serving.knative.dev", kind: "Service", path: template },
  { group: "serving.knative.dev", kind: "Configuration", path: template },
  { group: "keda.sh", kind: "ScaledJob", path: "spec.jobTargetRef.template" },
];

/** Every kind that a cluster may serve and that keeps a pod template: Kubernetes' own, `more`, and the custom kinds known here. */
export const podKindsOf = (more: readonly PodKind[] = []): readonly PodKind[] => [
  ...kubernetesKinds,
  ...more,
  ...customPodKinds,
];

/** The pod templates of an object, none when it has none. `more` are kinds beside those known here. Lists (`kind: List`) are not opened. Never throws. */
export function podTemplatesOf(object: unknown, more: readonly PodKind[] = []): PodTemplate[] {
  if (!isObject(object) || typeof object.kind !== "string" || typeof object.apiVersion !== "string") return [];
  const found: PodTemplate[] = [];
  for (const kinds of [nativeKinds, more, customPodKinds]) {
    for (const known of kinds) {
      if (!isOf(object, known)) continue;
      if (known.path === "") found.push(templateAt("", "Pod", object));
      else collect(object, stepsOf(known.path), 0, "", found);
    }
    if (found.length > 0) break; // where a project says where the templates of a custom kind are, nobody else does
  }
  return found;
}

/** Whether an object is of a kind. */
function isOf({ apiVersion, kind }: { [key: string]: Json }, known: PodKind): boolean {
  if (known.kind !== kind || typeof apiVersion !== "string") return false;
  const slash = apiVersion.indexOf("/");
  return known.group === (slash < 0 ? "" : apiVersion.slice(0, slash));
}

/** Whether Kubernetes itself says where an object of this kind has its pods: there is none elsewhere in it. */
export const isWorkload = (object: JsonObject): boolean => nativeKinds.some((known) => isOf(object, known));

/** Paths among `kinds` that lead to nothing in an object of their kind. One that ends at an empty list or map has led somewhere. */
export function emptyPaths(object: JsonObject, kinds: readonly PodKind[]): string[] {
  const leads = (at: Json | undefined, [step, ...rest]: readonly string[]): boolean => {
    if (step === undefined || (at as unknown) === UNKNOWN) return at !== undefined && at !== null;
    if (step !== "*") return isObject(at) && Object.hasOwn(at, step) && leads(at[step], rest);
    const items = typeof at === "object" && at !== null ? Object.values(at) : [];
    return isObject(at) || Array.isArray(at) ? items.length === 0 || items.some((item) => leads(item, rest)) : false;
  };
  return kinds.filter((known) => isOf(object, known) && !leads(object, stepsOf(known.path))).map(({ path }) => path);
}

const steps = new Map<string, readonly string[]>();

/** The steps of a path, told apart once: this is asked for every object by every rule about pods. */
function stepsOf(path: string): readonly string[] {
  let known = steps.get(path);
  if (known === undefined) {
    known = path.split(".");
    steps.set(path, known);
  }
  return known;
}

/** Adds the templates at `steps` from the `next` one on, below `at`, whose path is `path`. */
function collect(
  at: Json | undefined,
  steps: readonly string[],
  next: number,
  path: string,
  found: PodTemplate[],
): void {
  const step = steps[next];
  // Everything below an unknown is unknown too: a template nobody can evaluate, not none.
  if (step === undefined || (at as unknown) === UNKNOWN) {
    // A controller may leave its template out (a Rollout with workloadRef); one that is not an object is evaluated, and found wrong.
    if (at !== undefined && at !== null)
      found.push(templateAt(steps.slice(next).reduce(join, path), "PodTemplate", at));
  } else if (step !== "*") {
    if (isObject(at) && Object.hasOwn(at, step)) collect(at[step], steps, next + 1, join(path, step), found);
  } else if (Array.isArray(at)) {
    for (const [index, item] of at.entries()) collect(item, steps, next + 1, `${path}[${index}]`, found);
  } else if (isObject(at)) {
    for (const [key, item] of Object.entries(at)) collect(item, steps, next + 1, join(path, key), found);
  }
}

function templateAt(path: string, kind: PodTemplate["kind"], at: Json): PodTemplate {
  const template = isObject(at) ? { metadata: at.metadata, spec: at.spec } : { metadata: undefined, spec: at };
  return { path, kind, template };
}

const join = (path: string, step: string): string => (path === "" ? step : `${path}.${step}`);

function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
