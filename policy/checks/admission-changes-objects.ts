/** Whatever changes objects on their way into the cluster changes what was evaluated: a webhook can add a privileged container to a pod no rule had anything
 *  against. So each such object says here what it reaches, for a review to decide.
 *  Fields: webhooks[*].rules of a MutatingWebhookConfiguration, spec.matchConstraints of a MutatingAdmissionPolicy (KEP-3962) and its binding; of policy
 *  engines spec.rules[*].{mutate,generate,verifyImages} of Kyverno's policies and its newer kinds, spec.location of Gatekeeper's mutations, spec.mutating
 *  of Kubewarden's policies, spec.type of jsPolicy's, spec.{initContainers,containers} of OpenKruise's SidecarSet, spec.overrideRules of Karmada's override
 *  policies and its interpreters, spec.resources of Metacontroller's decorators; spec.conversion of a CustomResourceDefinition, whose webhook gets and
 *  returns every object of the kind; wanted: none. What they change is not evaluated.
 *  Upstream: kubernetes.io/docs/reference/access-authn-authz/admission-controllers, "mutating admission" runs after the client, before validation. */

import type { JsonObject } from "../contract";
import { list, read, text, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { declaredContainerTypes } from "../pods/container-types";
import { type Complaint, objectRule } from "../rules/object-rule";

/** One change of objects after they were evaluated: where it is written, and what it reaches, in words. */
interface Change {
  readonly field: string;
  readonly reaches: string;
}

type Changes = (object: JsonObject) => Iterable<Change>;

export const admissionChangesObjects = objectRule(
  {
    id: "admission-changes-objects",
    severity: "medium",
    description:
      "Admission that changes objects after validation is reviewed separately, with the resources it reaches.",
    why: "A mutating webhook or policy can give any object it reaches fields that no preview has shown.",
    fix: "validate and refuse instead of changing, and write the wanted fields into the objects; otherwise review what it changes and exempt it with the reason",
    controls: ["MR-54", "NSA/CISA Upgrading and application security"],
  },
  function* ({ object }): Iterable<Complaint> {
    const [group = ""] = text(object, "apiVersion").split("/");
    const changes = changing.get(`${group} ${text(object, "kind")}`);
    for (const { field, reaches } of changes?.(object) ?? [])
      yield {
        field,
        said: `changes to ${reaches}`,
        want: "without changes to objects that were evaluated before",
        undetermined: reaches.includes(unknown),
      };
  },
);

const rulesOf = (tree: unknown, ...keys: string[]): string => inWords(list(tree, ...keys).map(ofRule));

function* webhooks(object: JsonObject): Iterable<Change> {
  for (const [index, webhook] of list(object, "webhooks").entries()) {
    const field = `webhooks[${index}].rules`;
    if (webhook === UNKNOWN) yield { field: `webhooks[${index}]`, reaches: unknown };
    else if (list(webhook, "rules").length > 0) yield { field, reaches: rulesOf(webhook, "rules") };
  }
}

function* matched(object: JsonObject): Iterable<Change> {
  const at = ["spec", "matchConstraints", "resourceRules"];
  yield { field: at.join("."), reaches: rulesOf(object, ...at) };
}

function* bound(object: JsonObject): Iterable<Change> {
  const name = read(object, "spec", "policyName");
  const narrowed = list(object, "spec", "matchResources", "resourceRules");
  const all = `what MutatingAdmissionPolicy ${name === UNKNOWN ? unknown : word(name) || "(unnamed)"} matches`;
  yield { field: "spec.policyName", reaches: narrowed.length === 0 ? all : inWords(narrowed.map(ofRule)) };
}

/** Kyverno's rules: what they match; a rule that changes or makes others names those. */
function* kyverno(object: JsonObject): Iterable<Change> {
  for (const [index, rule] of list(object, "spec", "rules").entries()) {
    const at = `spec.rules[${index}]`;
    if (rule === UNKNOWN) {
      yield { field: at, reaches: unknown };
      continue;
    }
    const matches = ["any", "all"].flatMap((key) => list(rule, "match", key));
    const kinds = [read(rule, "match"), ...matches].flatMap((one) => list(one, "resources", "kinds"));
    const mutate = read(rule, "mutate");
    const targets = list(mutate, "targets").map((one) => read(one, "kind"));
    if (mutate !== undefined) yield { field: `${at}.mutate`, reaches: inWords(targets.length > 0 ? targets : kinds) };
    const generate = read(rule, "generate");
    const made = [read(generate, "kind"), ...list(generate, "cloneList", "kinds")].filter((one) => one !== undefined);
    if (generate !== undefined) yield { field: `${at}.generate`, reaches: inWords(made) };
    // A tag is replaced by its digest unless the rule says otherwise.
    if (list(rule, "verifyImages").some((one) => read(one, "mutateDigest") !== false))
      yield { field: `${at}.verifyImages`, reaches: `the images of ${inWords(kinds)}` };
  }
}

function* kyvernoImages(object: JsonObject): Iterable<Change> {
  if (read(object, "spec", "validationConfigurations", "mutateDigest") === false) return;
  for (const { reaches } of matched(object)) yield { field: "spec", reaches: `the images of ${reaches}` };
}

function* gatekeeper(object: JsonObject): Iterable<Change> {
  const kinds = [...list(object, "spec", "applyTo"), ...list(object, "spec", "match", "kinds")].flatMap((one) =>
    list(one, "kinds"),
  );
  const location = text(object, "spec", "location") || unknown;
  yield { field: "spec.location", reaches: `${location} of ${inWords(kinds)}` };
}

function* kubewarden(object: JsonObject): Iterable<Change> {
  const mutating = read(object, "spec", "mutating");
  if (mutating === undefined || mutating === false) return;
  yield { field: "spec.mutating", reaches: rulesOf(object, "spec", "rules") };
}

function* sidecars(object: JsonObject): Iterable<Change> {
  for (const type of declaredContainerTypes)
    if (list(object, "spec", type).length > 0) yield { field: `spec.${type}`, reaches: "the containers of pods" };
}

/** Karmada: what the policy selects is changed on its way to another cluster; without selectors that is everything of the namespace, or of all. */
function* overrides(object: JsonObject): Iterable<Change> {
  const kinds = list(object, "spec", "resourceSelectors").map((one) => read(one, "kind"));
  const rules = list(object, "spec", "overrideRules");
  const field = rules.length === 0 ? "spec.overriders" : "spec.overrideRules";
  if (rules.length > 0 || read(object, "spec", "overriders") !== undefined)
    yield { field, reaches: rules.includes(UNKNOWN) ? unknown : inWords(kinds) };
}

function* interpreter(object: JsonObject): Iterable<Change> {
  yield { field: "spec.customizations", reaches: inWords([read(object, "spec", "target", "kind")]) };
}

/** Metacontroller asks a webhook what objects are to stand beside those it watches, and which labels and annotations these get. */
function* decorator(object: JsonObject): Iterable<Change> {
  const watched = ["resources", "attachments"].flatMap((key) => list(object, "spec", key));
  yield { field: "spec.resources", reaches: inWords(watched.map((one) => read(one, "resource"))) };
}

function* jsPolicy(object: JsonObject): Iterable<Change> {
  const type = read(object, "spec", "type");
  if (type === UNKNOWN) yield { field: "spec.type", reaches: unknown };
  else if (type === "Mutating" || type === "Controller")
    yield { field: "spec.type", reaches: inWords(list(object, "spec", "resources")) };
}

/** A definition whose objects a webhook rewrites from one version to another. */
function* conversion(object: JsonObject): Iterable<Change> {
  const strategy = read(object, "spec", "conversion", "strategy");
  const name = [read(object, "spec", "names", "plural"), read(object, "spec", "group")].map(word).join(".");
  if (strategy === UNKNOWN) yield { field: "spec.conversion", reaches: unknown };
  else if (strategy === "Webhook") yield { field: "spec.conversion", reaches: name };
}

const core = "admissionregistration.k8s.io";
const newer = ["MutatingPolicy", "NamespacedMutatingPolicy", "GeneratingPolicy", "NamespacedGeneratingPolicy"];
const images = ["ImageValidatingPolicy", "NamespacedImageValidatingPolicy"];
const mutations = ["Assign", "AssignImage", "AssignMetadata", "ModifySet"];

/** By group and kind. */
const changing: ReadonlyMap<string, Changes> = new Map<string, Changes>([
  [`${core} MutatingWebhookConfiguration`, webhooks],
  [`${core} MutatingAdmissionPolicy`, matched],
  [`${core} MutatingAdmissionPolicyBinding`, bound],
  ["kyverno.io ClusterPolicy", kyverno],
  ["kyverno.io Policy", kyverno],
  ...newer.map((kind) => [`policies.kyverno.io ${kind}`, matched] as const),
  ...images.map((kind) => [`policies.kyverno.io ${kind}`, kyvernoImages] as const),
  ...mutations.map((kind) => [`mutations.gatekeeper.sh ${kind}`, gatekeeper] as const),
  ["policies.kubewarden.io ClusterAdmissionPolicy", kubewarden],
  ["policies.kubewarden.io AdmissionPolicy", kubewarden],
  ["apps.kruise.io SidecarSet", sidecars],
  ["policy.karmada.io OverridePolicy", overrides],
  ["policy.karmada.io ClusterOverridePolicy", overrides],
  ["config.karmada.io ResourceInterpreterWebhookConfiguration", webhooks],
  ["config.karmada.io ResourceInterpreterCustomization", interpreter],
  ["metacontroller.k8s.io DecoratorController", decorator],
  ["policy.jspolicy.com JsPolicy", jsPolicy],
  ["apiextensions.k8s.io CustomResourceDefinition", conversion],
]);

const unknown = "(a value unknown until deployment)";

/** The resources of a rule of admission: "pods", "deployments.apps", "* of every group". */
function ofRule(rule: unknown): unknown {
  if (rule === UNKNOWN) return UNKNOWN;
  const groups = list(rule, "apiGroups");
  const groupsIn = groups.length === 0 ? [""] : groups;
  const names = list(rule, "resources").flatMap((resource) =>
    groupsIn.map((group) => {
      if (resource === UNKNOWN || group === UNKNOWN) return unknown;
      if (group === "*") return `${word(resource)} of every group`;
      return word(group) === "" ? word(resource) : `${word(resource)}.${word(group)}`;
    }),
  );
  return names.length === 0 ? undefined : names.join(", ");
}

function inWords(names: readonly unknown[]): string {
  const said = names.map((name) => (name === UNKNOWN ? unknown : word(name))).filter((name) => name !== "");
  return said.length === 0 ? "whatever it is sent" : [...new Set(said)].join(", ");
}
