/** A pod gets a token for the API server only with a stated reason: with a token, an attacker who takes over the pod has access to the API.
 *  Fields: spec.automountServiceAccountToken, or the same of its ServiceAccount when that is among the objects; allowed: false.
 *  spec.volumes[*].projected.sources[*].serviceAccountToken; allowed: an audience in `<project>:policy.tokenAudiences`. Any other may be one of the API
 *  server, which has those it is started with: "k3s" on K3s, an address of Google's on GKE. type of a Secret; forbidden:
 *  kubernetes.io/service-account-token, which never ends.
 *  Declared: the pod template carries the annotation below with the reason, and names a service account of its own. */

import type { Manifest } from "../contract";

import { isKind } from "../manifest/is-kind";
import { list, read, text } from "../manifest/read";
import { declaredReason } from "../rules/declared-reason";
import { standsWith } from "../rules/hooks";
import { memoizeByManifests } from "../rules/memoize";
import { type Complaint, objectRule, type PodAt, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "../rules/rule";
import { namespaceOf } from "../rules/workload";
import { tokenAudiences } from "../settings/token-audiences";

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
const withoutToken = memoizeByManifests((objects, context) => {
  const found = new Map<string, Manifest[]>();
  for (const manifest of objects) {
    const { object } = manifest;
    if (!isKind(object, "", "ServiceAccount") || read(object, "automountServiceAccountToken") !== false) continue;
    const key = keyOf(namespaceOf(manifest, context), text(object, "metadata", "name"));
    found.set(key, [...(found.get(key) ?? []), manifest]);
  }
  return found;
});

function* complaints(
  { spec, metadata, manifest }: PodAt,
  context: RuleContext,
  objects: readonly Manifest[],
): Iterable<Complaint> {
  const own = read(spec, "automountServiceAccountToken");
  const account = text(spec, "serviceAccountName") || text(spec, "serviceAccount") || "default";
  const declared = account === "default" ? "" : declaredReason(metadata, tokenReason);
  const audiences = context.settings?.tokenAudiences ?? tokenAudiences;
  for (const one of projected(spec, audiences)) yield { ...one, declared };
  if (own === false) return;
  const namespace = namespaceOf(manifest, context);
  const off = withoutToken(objects, context).get(keyOf(namespace, account)) ?? [];
  if (own === undefined && off.some((one) => standsWith(one, manifest))) return;
  yield { field: "automountServiceAccountToken", got: own, want: "false", declared };
}

const ofPods = podRule(info, complaints, true);

const fix = `name the audience of the service that gets the token, and list it in <project>:policy.tokenAudiences if the API server has another; for a token of the API server give the reason in the pod template's annotation ${tokenReason}`;

/** Tokens a volume brings, whatever the switch says. */
function* projected(spec: unknown, audiences: readonly string[]): Iterable<Complaint> {
  for (const [index, volume] of list(spec, "volumes").entries()) {
    for (const [at, source] of list(volume, "projected", "sources").entries()) {
      const token = read(source, "serviceAccountToken");
      if (token === undefined) continue;
      const field = `volumes[${index}].projected.sources[${at}].serviceAccountToken.audience`;
      const got = read(token, "audience");
      if (typeof got !== "string" || !audiences.includes(got))
        yield { field, got, want: "one of <project>:policy.tokenAudiences", fix };
    }
  }
}

const ofSecrets = objectRule(info, function* ({ object }) {
  const got = isKind(object, "", "Secret") ? read(object, "type") : undefined;
  if (got === "kubernetes.io/service-account-token")
    yield { field: "type", got, want: "another one: a token that is mounted ends, this one does not" };
});

export const serviceAccountToken: ObjectRule = {
  ...ofPods,
  check: (objects, context) => [...ofSecrets.check(objects, context), ...ofPods.check(objects, context)],
};
