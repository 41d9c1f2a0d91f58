/** A pod gets a token for the API server only when it says what for: with one, whoever takes over the pod can talk to the cluster.
 *  Fields: spec.automountServiceAccountToken, or the same of its ServiceAccount when that is among the objects; allowed: false.
 *  Declared: the pod template carries the annotation below with the reason, and names a service account of its own. */

import { read, text } from "../manifest/read";
import { podRule } from "../rules/object-rule";

/** Annotation on a pod template that says why it needs a token for the API server. */
export const tokenReason = "hardened.pulumi/service-account-token";

export const serviceAccountToken = podRule(
  {
    id: "service-account-token",
    severity: "medium",
    description: "A pod has no token for the API server unless it says why it needs one.",
    fix: `set automountServiceAccountToken: false on the pod; when it does talk to the API server, name a serviceAccountName of its own and give the reason in the pod template's annotation ${tokenReason}`,
    enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
    controls: ["CIS 5.1.5", "CIS 5.1.6"],
  },
  function* ({ spec, metadata, manifest }, context, objects) {
    const own = read(spec, "automountServiceAccountToken");
    if (own === false) return;
    const account = text(spec, "serviceAccountName") || text(spec, "serviceAccount") || "default";
    const declared = text(metadata, "annotations", tokenReason).trim() !== "" && account !== "default";
    if (declared) return;
    const namespace = text(manifest.object, "metadata", "namespace") || context.namespace;
    const off = objects.some(
      ({ object }) =>
        object.kind === "ServiceAccount" &&
        text(object, "metadata", "name") === account &&
        (text(object, "metadata", "namespace") || context.namespace) === namespace &&
        read(object, "automountServiceAccountToken") === false,
    );
    if (own === undefined && off) return;
    yield { field: "automountServiceAccountToken", got: own, want: "false" };
  },
);
