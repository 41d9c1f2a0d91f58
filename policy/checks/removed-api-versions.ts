/** A version of an API that the cluster no longer serves stops the deployment half way, when some objects are there already.
 *  Fields: apiVersion with kind; forbidden: those removed in the Kubernetes version the stack is for, see ../rules/api-lifecycle.ts. */

import { text } from "../manifest/read";
import { apiEnd, minorOf } from "../rules/api-lifecycle";
import { objectRule } from "../rules/object-rule";

export const removedApiVersions = objectRule(
  {
    id: "removed-api-versions",
    severity: "high",
    description: "Every object has an apiVersion that the cluster's version of Kubernetes still serves.",
    fix: "move the object to the version named, whose fields may differ",
    controls: ["MR-48", "NSA/CISA Upgrading and application security"],
  },
  function* ({ object }, { kubeVersion }) {
    const got = text(object, "apiVersion");
    const end = apiEnd(got, text(object, "kind"));
    if (end === undefined || end.removed > minorOf(kubeVersion)) return;
    const want = end.instead || "of a kind that still exists";
    yield { field: "apiVersion", said: `${got}, removed in Kubernetes 1.${end.removed}`, want };
  },
);
