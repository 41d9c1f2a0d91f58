/** A version of an API that the cluster no longer serves stops the deployment half way, when some objects are there already.
 *  Fields: apiVersion with kind; forbidden: those removed in the Kubernetes version the stack is for, and of Kubernetes' own kinds every version its API
 *  server does not have, switched on or not; see ../rules/api-lifecycle.ts. */

import { text } from "../manifest/read";
import { apiEnd, minorOf, notServed } from "../rules/api-lifecycle";
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
    const kind = text(object, "kind");
    const minor = minorOf(kubeVersion);
    const end = apiEnd(got, kind);
    const isGone = end !== undefined && end.removed <= minor;
    const found = isGone ? end : notServed(got, kind, minor);
    if (found === undefined) return;
    const said = isGone ? `removed in Kubernetes 1.${end.removed}` : `which Kubernetes 1.${minor} does not serve`;
    yield { field: "apiVersion", said: `${got}, ${said}`, want: found.instead || "of a kind that still exists" };
  },
);
