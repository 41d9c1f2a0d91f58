/** The namespace default has no quota, no Pod Security level and no policies, and everything without a namespace falls into it.
 *  Fields: metadata.namespace, or the release's; forbidden: default. Custom kinds that no CustomResourceDefinition in view defines only where they say
 *  it, since they may have no namespace. */
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { kindScope } from "../rules/kind-scope";
import { objectRule } from "../rules/object-rule";
import { seesAll } from "../rules/scope";

export const defaultNamespaceUsed = objectRule(
  {
    id: "default-namespace-used",
    severity: "medium",
    description:
      "Nothing is put into the namespace default, which has no quota, no policies and no Pod Security level.",
    fix: "name the system's own namespace",
    controls: ["CIS 5.6.4", "CIS 5.6.1", "NSA/CISA Network separation and hardening"],
  },
  function* ({ object }, context, objects) {
    const scope = kindScope(object, objects, context);
    if (scope === "Cluster") return;
    const written = read(object, "metadata", "namespace");
    const complaint = { field: "metadata.namespace", want: "a namespace of the system" };
    if (written === UNKNOWN) yield { ...complaint, got: UNKNOWN };
    else if (written === "default") yield { ...complaint, got: written };
    else if ((written ?? "") === "" && seesAll(context) && context.namespace === "default") {
      if (scope === UNKNOWN) yield { ...complaint, got: UNKNOWN };
      else if (scope === "Namespaced") yield { ...complaint, said: "unset, which is default" };
    }
  },
);
