/** A pod gets a token for the API server only with a stated reason: with a token, an attacker who takes over the pod has access to the API.
 *  Fields: spec.automountServiceAccountToken, or the same of its ServiceAccount when that is among the objects; allowed: false.
 *  spec.volumes[*].projected.sources[*].serviceAccountToken; allowed: an audience other than the API server. type of a Secret; forbidden:
 *  kubernetes.io/service-account-token, which never ends.
 *  Declared: the pod template carries the annotation below with the reason, and names a service account of its own. */

import type { Manifest } from "../contract";
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { declaredReason } from "../rules/declared-reason";
import { memoizeByManifests } from "../rules/memoize";
import { type Complaint, objectRule, type PodAt, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "../rules/rule";
import { namespaceOf } from "../rules/workload";

/** Annotation on a pod template that says, in ten characters or more, why it needs a token for the API server. */
export const tokenReason = "hardened.pulumi/service-account-token";

const info: RuleInfo = {
  id: "service-account-token",
  severity: "medium",
  description: "A pod has no token for the API server unless it says why it needs one.",
  fix: `set automountServiceAccountToken: false on the pod; when it does talk to the API server, name a serviceAccountName of its own and give the reason in the pod template's annotation ${tokenReason}`,
  controls: ["CIS 5.1.5", "CIS 5.1.6", "NSA/CISA Pod security"],
};

const keyOf = (namespace: string, name: string): string => JSON.stringify([namespace, name]);

/** Service accounts among the objects that say no. */
const withoutToken = memoizeByManifests(
  (objects, context) =>
    new Set(
      objects.flatMap((manifest) => {
        const { object } = manifest;
        if (object.kind !== "ServiceAccount" || read(object, "automountServiceAccountToken") !== false) return [];
        return [keyOf(namespaceOf(manifest, context), text(object, "metadata", "name"))];
      }),
    ),
);

function* complaints(
  { spec, metadata, manifest }: PodAt,
  context: RuleContext,
  objects: readonly Manifest[],
): Iterable<Complaint> {
  const own = read(spec, "automountServiceAccountToken");
  const account = text(spec, "serviceAccountName") || text(spec, "serviceAccount") || "default";
  const declared = account === "default" ? "" : declaredReason(metadata, tokenReason);
  for (const one of projected(spec)) yield { ...one, declared };
  if (own === false) return;
  const namespace = namespaceOf(manifest, context);
  const off = withoutToken(objects, context).has(keyOf(namespace, account));
  if (own === undefined && off) return;
  yield { field: "automountServiceAccountToken", got: own, want: "false", declared };
}

const ofPods = podRule(info, complaints, true);

/** Tokens a volume brings, whatever the switch says. */
function* projected(spec: unknown): Iterable<Complaint> {
  for (const [index, volume] of list(spec, "volumes").entries()) {
    for (const [at, source] of list(volume, "projected", "sources").entries()) {
      const token = read(source, "serviceAccountToken");
      if (token === undefined) continue;
      const field = `volumes[${index}].projected.sources[${at}].serviceAccountToken.audience`;
      const got = read(token, "audience");
      const isForApi = got === undefined || got === UNKNOWN || /^$|kubernetes\.default|^api$/.test(String(got));
      if (isForApi) yield { field, got, want: "somebody other than the API server" };
    }
  }
}

const ofSecrets = objectRule(info, function* ({ object }) {
  const got = object.kind === "Secret" && object.apiVersion === "v1" ? read(object, "type") : undefined;
  if (got === "kubernetes.io/service-account-token")
    yield { field: "type", got, want: "another one: a token that is mounted ends, this one does not" };
});

export const serviceAccountToken: ObjectRule = {
  ...ofPods,
  check: (objects, context) => [...ofSecrets.check(objects, context), ...ofPods.check(objects, context)],
};
