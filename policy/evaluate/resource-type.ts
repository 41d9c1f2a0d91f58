/** What a resource of the Kubernetes provider is: a Release, an object, a patch of one, a component of others, or nothing the pack knows. The inputs decide:
 *  the provider sends their apiVersion and kind to the API server, whatever the type says
 *  (pulumi-kubernetes provider/pkg/provider/provider.go, Create; provider/pkg/kinds/util.go, IsPatchResource). Pure. */
import type { JsonObject } from "../contract";
import { unknownPaths } from "../manifest/known-values";
import { UNKNOWN } from "../manifest/unknown";

/** What a resource is. `unclear`: it cannot be evaluated, and why. */
export type ResourceRole =
  | { readonly role: "release" | "component" | "foreign" }
  | { readonly role: "object" | "patch"; readonly object: JsonObject; readonly isTypedList: boolean }
  | { readonly role: "unclear"; readonly field: string; readonly got: string; readonly fix: string };

const helmRelease = "kubernetes:helm.sh/v3:Release";

/** Components: they create nothing themselves. Each object they stand for is registered as a resource of its own, evaluated like any other, and refused before
 *  it is created (sdk/nodejs yaml, helm and kustomize; provider/pkg/provider/{helm,yaml,kustomize}). `helm.sh/v2` is of SDKs before 4. */
const components: ReadonlySet<string> = new Set([
  "kubernetes:helm.sh/v2:Chart",
  "kubernetes:helm.sh/v3:Chart",
  "kubernetes:helm.sh/v4:Chart",
  "kubernetes:kustomize:Directory",
  "kubernetes:kustomize/v2:Directory",
  "kubernetes:yaml:ConfigFile",
  "kubernetes:yaml:ConfigGroup",
  "kubernetes:yaml/v2:ConfigFile",
  "kubernetes:yaml/v2:ConfigGroup",
]);

/** Groups whose types every SDK of the provider has. Only for them does the type say what an object is that names no kind itself. */
const ownGroups: ReadonlySet<string> = new Set([
  ...["apps", "autoscaling", "batch", "core", "extensions", "meta", "policy"],
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "auditregistration",
    "certificates",
    "coordination",
  ].map(k8s),
  ...["discovery", "events", "flowcontrol.apiserver", "lifecycle", "networking", "node", "rbac.authorization"].map(k8s),
  ...["resource", "scheduling", "settings", "storage", "storagemigration"].map(k8s),
]);

function k8s(group: string): string {
  return `${group}.k8s.io`;
}

/** Whether a type is a component of the provider. A run without the engine does not see its objects. */
export const isComponent = (type: string): boolean => components.has(type);

/** Resources of other providers that apply objects to a cluster. Their inputs are another engine's, and their objects are never registered. */
const ofOtherEngines = /^(?:flux|helm|kubectl|kustomization):|^argocd:\w+\/application/i;

/** Whether resources of a type are nothing to the pack. */
export const isForeign = (type: string): boolean => !type.startsWith("kubernetes:") && !ofOtherEngines.test(type);

/** Whether the pack has a verdict on resources of a type: all of the Kubernetes provider but components, and those of other engines that apply objects. */
export const isEvaluated = (type: string): boolean => !isForeign(type) && !components.has(type);

/** What a resource is, by its Pulumi type and inputs; unknown values as UNKNOWN. */
export function roleOf(type: string, inputs: Readonly<Record<string, unknown>>): ResourceRole {
  if (isForeign(type)) return { role: "foreign" };
  if (ofOtherEngines.test(type)) return { role: "unclear", ...otherEngine };
  if (type === helmRelease) return { role: "release" };
  const own = { apiVersion: inputs.apiVersion, kind: inputs.kind };
  if (components.has(type) && own.apiVersion === undefined && own.kind === undefined) return componentRole(inputs);
  const named = namedBy(type);
  const { apiVersion = named?.apiVersion, kind = named?.kind } = own;
  for (const [field, value] of Object.entries({ apiVersion, kind })) {
    if (typeof value === "string" && value !== "") continue;
    const got =
      value === UNKNOWN ? unknownValue : value === undefined ? "unset, and no type the pack knows" : "no text";
    return { role: "unclear", field, got, fix: "give the resource its apiVersion and kind as plain text" };
  }
  const object = { ...inputs, apiVersion, kind } as JsonObject;
  const name = type.slice(type.lastIndexOf(":") + 1);
  const isPatch = name === `${kind}Patch` || type === customPatch;
  return { role: isPatch ? "patch" : "object", object, isTypedList: named !== undefined && name.endsWith("List") };
}

const otherEngine = {
  field: "the resource",
  got: "objects that another provider applies",
  fix: "use the Kubernetes provider, such as its Release or ConfigGroup: what it applies is evaluated at preview",
};

const customPatch = "kubernetes:apiextensions.k8s.io:CustomResourcePatch";
const unknownValue = "a value unknown until deployment";

/** With an unknown input a component registers none of its objects at preview (provider/pkg/provider/helm/v4/chart.go, "Preview is incomplete"). */
function componentRole(inputs: Readonly<Record<string, unknown>>): ResourceRole {
  const [field] = unknownPaths(inputs);
  const fix = "use a plain value, not the output of a resource: the objects are evaluated before anything is created";
  return field === undefined ? { role: "component" } : { role: "unclear", field, got: unknownValue, fix };
}

/** apiVersion and kind of a type of Kubernetes' own groups, such as `kubernetes:apps/v1:Deployment`. */
function namedBy(type: string): { readonly apiVersion: string; readonly kind: string } | undefined {
  const [, group = "", version = "", kind = ""] = /^kubernetes:([a-z0-9.-]+)\/(v\d[a-z0-9]*):(\w+)$/.exec(type) ?? [];
  if (!ownGroups.has(group)) return undefined;
  return {
    apiVersion: group === "core" || group === "meta" ? version : `${group}/${version}`,
    kind: kind.replace(/Patch$/, ""),
  };
}
