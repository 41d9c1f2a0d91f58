/** What gives a pod away in a kind nobody knows: the fields Kubernetes has for pods and containers keep their names wherever a controller takes them from.
 *  Upstream: k8s.io/api core/v1 PodSpec and Container; Tekton pipeline/v1 Step; Argo Workflows v1alpha1 Template; KubeVirt v1 HostDisk. Pure. */
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";

/** "images": lists of containers with images alone, for kinds of Kubernetes itself, whose other fields may have these names. */
export type Marks = "all" | "images";

/** A field that gives a pod away. */
export interface PodMark {
  readonly key: string;
  /** What it is, in words of a message: containers, or what a pod asks of its node. */
  readonly what: "containers" | "a pod's access to its node" | "a security context";
}

type Fields = Readonly<Record<string, unknown>>;

/** Lists of containers in a pod spec. */
export const podLists: readonly string[] = ["containers", "initContainers", "ephemeralContainers"];
/** Lists of containers, or single ones, that only controllers know. */
const otherLists = ["steps", "sidecars", "sidecarContainers", "extraContainers", "additionalContainers"];
const singles = ["container", "sidecar", "stepTemplate", "script", "mainContainer"];

/** The mark of a map, the clearest first. */
export function markOf(map: Fields, marks: Marks): PodMark | undefined {
  const listed = (key: string, isOne: (item: unknown) => boolean): boolean => {
    const value = Object.hasOwn(map, key) ? map[key] : undefined;
    return Array.isArray(value) && value.some(isOne);
  };
  const containers = (key: string | undefined): PodMark | undefined =>
    key === undefined ? undefined : { key, what: "containers" };
  if (marks === "images") return containers(podLists.find((key) => isUnknown(map, key) || listed(key, hasImage)));
  return (
    containers(
      podLists.find((key) => isUnknown(map, key) || listed(key, (item) => item === UNKNOWN || isContainer(item))),
    ) ??
    containers(otherLists.find((key) => listed(key, isContainer))) ??
    containers(singles.find((key) => Object.hasOwn(map, key) && isContainer(map[key]))) ??
    ofContainer(map) ??
    ofNode(map) ??
    ofContext(map)
  );
}

const isUnknown = (map: Fields, key: string): boolean => Object.hasOwn(map, key) && map[key] === UNKNOWN;

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const hasImage = (item: unknown): boolean => item === UNKNOWN || (isMap(item) && Object.hasOwn(item, "image"));

const isSet = (value: unknown): boolean => value === UNKNOWN || (typeof value === "object" && value !== null);

/** A container of a list that is known to hold some: even without an image, which its controller adds, it says what runs and how. */
const isContainer = (item: unknown): boolean =>
  isMap(item) &&
  (Object.hasOwn(item, "image") ||
    isSet(item.securityContext) ||
    isSet(item.volumeMounts) ||
    Array.isArray(item.command) ||
    item.command === UNKNOWN);

/** A map that is a container by itself, whatever it stands at: an image beside what only a container has. */
function ofContainer(map: Fields): PodMark | undefined {
  const { image } = map;
  if (!Object.hasOwn(map, "image") || (image !== UNKNOWN && typeof image !== "string")) return undefined;
  const isOne = ["command", "args", "volumeMounts", "env", "envFrom"].some((key) => Array.isArray(map[key]));
  return isOne ? { key: "image", what: "containers" } : undefined;
}

/** What a pod asks of its node, with no container beside it. */
function ofNode(map: Fields): PodMark | undefined {
  const what = "a pod's access to its node";
  const namespace = ["hostNetwork", "hostPID", "hostIPC"].find((key) => map[key] === true || isUnknown(map, key));
  if (namespace !== undefined) return { key: namespace, what };
  for (const key of ["hostPath", "hostDisk"]) {
    if (!Object.hasOwn(map, key)) continue;
    const value = map[key];
    const isPath = (path: unknown): boolean => path === UNKNOWN || (typeof path === "string" && path.startsWith("/"));
    if (value === UNKNOWN || (isMap(value) && isPath(value.path)) || (isPath(value) && Object.hasOwn(map, "mountPath")))
      return { key, what };
  }
  return undefined;
}

/** A security context that takes a right a pod does not have by itself, or the user root. */
function ofContext(map: Fields): PodMark | undefined {
  const key = Object.keys(map).find((one) => one.toLowerCase().endsWith("securitycontext") && isLoose(map[one]));
  return key === undefined ? undefined : { key, what: "a security context" };
}

function isLoose(context: unknown): boolean {
  if (!isMap(context)) return false;
  const added = read(context, "capabilities", "add");
  return (
    [context.privileged, context.allowPrivilegeEscalation, read(context, "windowsOptions", "hostProcess")].includes(
      true,
    ) ||
    [context.runAsUser, context.runAsGroup].includes(0) ||
    context.runAsNonRoot === false ||
    context.procMount === "Unmasked" ||
    (Array.isArray(added) && added.length > 0) ||
    [read(context, "seccompProfile", "type"), read(context, "appArmorProfile", "type")].includes("Unconfined") ||
    (Array.isArray(context.sysctls) && context.sysctls.length > 0)
  );
}
