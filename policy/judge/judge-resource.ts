/** Inputs of any resource of the Kubernetes provider → a Verdict, or none when the resource is no Kubernetes object. */
import { releaseRenders } from "../checks/release-renders";
import type { Json, JsonObject, Manifest, Verdict } from "../contract";
import { refOf } from "../manifest/manifest";
import { list, text } from "../manifest/read";
import { podTemplatesOf } from "../pods/pod-spec";
import type { PackConfig } from "../settings/pack-config";
import { signaturesOf } from "../signatures/verify-images";
import { judge } from "./evaluate";
import { judgeRelease, mistakesAt } from "./judge-release";
import type { Part } from "./together";

/** Namespace of objects of a program that name none. */
const namespace = "default";

const nothing: Part = { verdict: { findings: [], objects: 0, pods: 0 }, manifests: [], namespace };

/** Whether a Pulumi type is one the pack judges. */
export const isJudged = (type: string): boolean => type === helmRelease || objectType(type) !== undefined;

const helmRelease = "kubernetes:helm.sh/v3:Release";

/** Judges a resource by its Pulumi type and inputs, but for the rules that look across; unknown values as UNKNOWN. */
export async function judgeResource(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  config: PackConfig,
): Promise<Part> {
  if (type === helmRelease) return judgeRelease(inputs, config);
  const own = objectType(type);
  if (own === undefined) return nothing;
  const objects = open({ ...own, ...inputs } as JsonObject);
  if (objects.length === 0) return nothing;
  if (type.endsWith("Patch") && objects.some((object) => podTemplatesOf(object, config.settings?.podKinds).length > 0))
    return { ...nothing, incomplete: true, verdict: patchRefused(objects) };
  const manifests = objects.map((object): Manifest => ({ object }));
  const isPatch = type.endsWith("Patch");
  const signatures = await signaturesOf(manifests, config.signaturePolicy, config.settings?.podKinds);
  const context = { ...config, ...signatures, namespace, only: config.only ?? ("alone" as const) };
  const said = judge(manifests, { ...context, scope: isPatch ? "patch" : "part" });
  const mistakes = objects.slice(0, 1).flatMap((object) => mistakesAt(refOf(object, namespace), config));
  const verdict = { ...said, findings: [...mistakes, ...said.findings] };
  return isPatch ? { ...nothing, verdict, incomplete: true } : { verdict, manifests, namespace };
}

/** apiVersion and kind of a type such as `kubernetes:apps/v1:Deployment`; undefined for charts, files and everything of other providers. */
function objectType(type: string): { apiVersion: string; kind: string } | undefined {
  const [, group, version, kind] = /^kubernetes:([a-z0-9.-]+)\/(v\d[a-z0-9]*):(\w+)$/.exec(type) ?? [];
  if (group === undefined || version === undefined || kind === undefined) return undefined;
  if (["helm.sh", "kustomize", "yaml"].includes(group)) return undefined;
  return { apiVersion: group === "core" ? version : `${group}/${version}`, kind: kind.replace(/Patch$/, "") };
}

function open(object: JsonObject): JsonObject[] {
  if (!text(object, "kind").endsWith("List")) return [object];
  return list(object, "items").map((item) => item as JsonObject & Json);
}

/** A patch shows only what it changes: a pod that is safe before may not be after, and nobody can tell. */
function patchRefused(objects: readonly JsonObject[]): Verdict {
  const findings = objects.map((object) => ({
    rule: releaseRenders.id,
    severity: releaseRenders.severity,
    object: refOf(object),
    containers: [],
    field: "spec",
    got: "a patch, which shows only a part of the pod",
    want: "the whole object",
    fix: "change the object where it is declared instead of patching it",
    outcome: "undetermined" as const,
  }));
  return { findings, objects: objects.length, pods: 0 };
}
