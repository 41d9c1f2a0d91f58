/** A custom resource may hold whole objects that its controller creates: what a rule has against one of them by itself, it has against it there. A pod or a
 *  workload is pod-in-custom-kind's.
 *  Fields: in custom kinds, any map with apiVersion, kind and the body of an object, items of a list of them, and the rules or the roleRef of a role or
 *  binding without a kind; wanted: nothing that stops a deployment, and none of what changes, makes or fetches other objects. Not looked into: metadata,
 *  CustomResourceDefinitions, texts, and in kinds of policy engines what has no kind. Of values that are not known yet pod-in-custom-kind tells.
 *  Upstream: no one; the API server sees the custom resource only. */
import type { Finding, JsonObject, Manifest } from "../contract";
import { embeddedIn } from "../manifest/embedded";
import { groupOf, isOwnGroup } from "../manifest/kind-table";
import { refOf } from "../manifest/manifest";
import { text } from "../manifest/read";
import { podTemplatesOf } from "../pods/pod-spec";
import { isPolicyEngine } from "../rules/kind-scope";
import { type Complaint, objectRule } from "../rules/object-rule";
import type { ObjectRule, Rule, RuleContext } from "../rules/rule";
import { readsFields } from "./secret-in-values";

/** Rules about the outer object alone, or about where an object is, which its controller decides. */
const outside = ["pod-in-custom-kind", "default-namespace-used", "chart-lookup", "line-break-hidden"];

/** Complaints of one inner object that are named. */
const most = 3;

/** The rule, given the rules that look at inner objects. */
export function objectInCustomKind(all: readonly (ObjectRule & Rule)[]): ObjectRule {
  const asked = all.filter(
    ({ id, across, enforcement, controls }) =>
      across !== true && !outside.includes(id) && (enforcement.prod === "mandatory" || controls.includes("MR-54")),
  );
  return objectRule(
    {
      id: "object-in-custom-kind",
      severity: "high",
      description: "An object inside a custom resource is as good as one that is deployed by itself.",
      why: "A controller that creates whatever it is given can create a binding to cluster-admin that no rule has seen.",
      fix: "deploy the object by itself, where it is evaluated, or fix it; otherwise review it and exempt the custom resource with the reason",
      controls: ["MR-54"],
    },
    function* ({ object }, context): Generator<Complaint> {
      const group = groupOf(text(object, "apiVersion"));
      if (!group.includes(".") || isOwnGroup(group)) return;
      const { found, more } = embeddedIn(object, !isPolicyEngine(group));
      for (const { field, object: inner } of found) {
        const isRead = readsFields(object, context) && !/^(?:data|status|stringData)\b/.test(field);
        const said = complaintsOf(inner, asked, context, isRead);
        const undetermined = said.every(({ outcome }) => outcome === "undetermined");
        const want = "an object that no rule objects to";
        if (said.length > 0) yield { field, said: inWords(inner, said), want, undetermined };
      }
      const want = "few enough to be evaluated";
      if (more) yield { field: "spec", said: "more than a hundred objects", want, undetermined: true };
    },
  );
}

/** @param isRead whether the object around it is asked for credentials, in every field of the inner one */
function complaintsOf(
  object: JsonObject,
  asked: readonly ObjectRule[],
  context: RuleContext,
  isRead: boolean,
): readonly Finding[] {
  if (podTemplatesOf(object, context.settings?.podKinds).length > 0) return [];
  const manifests: readonly Manifest[] = [{ object }];
  const { queries: _, slips: __, values: ___, release: ____, ...rest } = context;
  // Once is enough.
  const isCustom = !isOwnGroup(groupOf(text(object, "apiVersion")));
  const rules = isCustom && isRead ? asked.filter(({ id }) => id !== "secret-in-values") : asked;
  return rules.flatMap((rule) => rule.check(manifests, { ...rest, scope: "part" }));
}

function inWords(object: JsonObject, findings: readonly Finding[]): string {
  const { kind, name } = refOf(object);
  const places = [...new Set(findings.map(({ rule, field }) => `${rule} at ${field}`))];
  const more = places.length > most ? ` and ${places.length - most} more` : "";
  return `${kind} ${name || "(unnamed)"}, which breaks ${places.slice(0, most).join(", ")}${more}`;
}
