/** Inputs of any resource of the Kubernetes provider → a Verdict; an empty one for a component, whose objects are resources of their own. */
import { releaseRenders } from "../checks/release-renders";
import type { Json, JsonObject, Manifest, ObjectRef, Verdict } from "../contract";
import { refOf } from "../manifest/manifest";
import { list, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { podTemplatesOf } from "../pods/pod-spec";
import { RenderError } from "../render/render-error";
import { deliveryOf } from "../rules/delivery";
import { signaturesOf } from "../signatures/verify-images";
import { evaluate } from "./evaluate";
import { evaluateDelivery } from "./evaluate-delivery";
import { evaluateRelease, mistakesAt } from "./evaluate-release";
import type { PackConfig } from "./pack-config";
import { roleOf } from "./resource-type";
import type { Part } from "./together";

/** Namespace of objects of a program that name none. */
const namespace = "default";

const nothing: Part = { verdict: { findings: [], objects: 0, pods: 0 }, manifests: [], namespace };

/** Evaluates a resource by its Pulumi type and inputs, but for the rules that look across; unknown values as UNKNOWN. `name` is the program's, for a resource that
 *  says none. */
export async function evaluateResource(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  config: PackConfig,
  name = "(unnamed)",
): Promise<Part> {
  const what = roleOf(type, inputs);
  if (what.role === "release") return evaluateRelease(inputs, config);
  if (what.role === "unclear")
    return { ...nothing, incomplete: true, verdict: unclear(nameOf(type, inputs, name), what) };
  if (!("object" in what)) return nothing;
  const { object, isTypedList } = what;
  const objects = opened(object, isTypedList);
  const isPatch = what.role === "patch";
  const delivery = isPatch ? undefined : deliveryOf(object);
  if (isPatch && objects.some((one) => podTemplatesOf(one, config.settings?.podKinds).length > 0))
    return { ...nothing, incomplete: true, verdict: patchRefused(objects) };
  const known = objects.filter((one) => kindOf(one) !== undefined);
  const manifests = known.map((one): Manifest => ({ object: one }));
  const lost = known.length < objects.length ? unclear(refOf(object, namespace), itemUnknown).findings : [];
  const signatures = await signaturesOf(manifests, config.signaturePolicy, config.settings?.podKinds);
  const context = { ...config, ...signatures, namespace, only: config.only ?? ("alone" as const), allowEmpty: true };
  let said: Verdict;
  try {
    const seen = delivery !== undefined;
    said = evaluate(manifests, {
      ...context,
      scope: isPatch ? "patch" : "part",
      ...(seen && { sourceEvaluated: true }),
    });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const beyond = { field: "the resource", got: error.message, fix: "make it smaller, or several of it" };
    return { ...nothing, incomplete: true, verdict: unclear(refOf(object, namespace), beyond) };
  }
  const mistakes = mistakesAt(refOf(manifests[0]?.object ?? object, namespace), config);
  const verdict = { ...said, findings: [...mistakes, ...lost, ...said.findings] };
  // A patch is of an object that is elsewhere: what is missing here is missing all the same.
  const part = {
    verdict,
    manifests: isPatch ? [] : manifests,
    namespace,
    ...(lost.length > 0 && { incomplete: true }),
  };
  return delivery === undefined ? part : withDelivered(part, await evaluateDelivery(object, delivery, config));
}

/** An object and what its controller installs, as one. What names no namespace is installed into the release's: the object itself names one. */
function withDelivered(own: Part, delivered: Part): Part {
  const exempted = [...(own.verdict.exempted ?? []), ...(delivered.verdict.exempted ?? [])];
  const declared = [...(own.verdict.declared ?? []), ...(delivered.verdict.declared ?? [])];
  const incomplete = own.incomplete === true || delivered.incomplete === true;
  return {
    ...delivered,
    ...(incomplete && { incomplete }),
    manifests: [...own.manifests, ...delivered.manifests],
    verdict: {
      ...delivered.verdict,
      findings: [...own.verdict.findings, ...delivered.verdict.findings],
      ...(exempted.length > 0 && { exempted }),
      ...(declared.length > 0 && { declared }),
      objects: own.verdict.objects + delivered.verdict.objects,
      pods: own.verdict.pods + delivered.verdict.pods,
    },
  };
}

/** apiVersion and kind, when both are known. */
const kindOf = (object: JsonObject): string | undefined =>
  text(object, "apiVersion") && text(object, "kind") ? text(object, "kind") : undefined;

/** The objects of a list, else the object itself. Items that name no kind take it from their list, as in apimachinery's decodeToList. A custom kind may end in
 *  List and be none: it is evaluated itself, and so are whole objects among its items. */
function opened(object: JsonObject, isTypedList: boolean): JsonObject[] {
  const kind = text(object, "kind");
  const items = list(object, "items");
  const inner = (item: JsonObject): JsonObject[] => opened(item, false);
  if (!isTypedList && kind !== "List")
    return [object, ...(kind.endsWith("List") ? items.filter(isWhole).flatMap(inner) : [])];
  if (items.length === 0 && object.items !== undefined && !Array.isArray(object.items)) return [object];
  const outer = { apiVersion: text(object, "apiVersion"), kind: kind.replace(/List$/, "") };
  return items.flatMap((item) => inner({ ...outer, ...(isMap(item) ? item : { kind: UNKNOWN as unknown as Json }) }));
}

const isMap = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole = (item: unknown): item is JsonObject => isMap(item) && kindOf(item) !== undefined;

const itemUnknown = {
  field: "items",
  got: "an item whose apiVersion or kind is not known",
  fix: "give every item its apiVersion and kind as plain text",
};

const nameOf = (type: string, inputs: Readonly<Record<string, unknown>>, name: string): ObjectRef => ({
  apiVersion: text(inputs, "apiVersion"),
  kind: text(inputs, "kind") || (type.split(":").at(-1) ?? type),
  name: text(inputs, "metadata", "name") || name,
});

/** A resource that may be anything. */
function unclear(object: ObjectRef, { field, got, fix }: { field: string; got: string; fix: string }): Verdict {
  const { id: rule, severity } = releaseRenders;
  const finding = { rule, severity, object, containers: [], field, got, want: "known before deployment", fix };
  return { findings: [{ ...finding, outcome: "undetermined" }], objects: 0, pods: 0 };
}

/** A patch contains only what it changes: whether a pod is compliant afterwards cannot be determined. */
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
