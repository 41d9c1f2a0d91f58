/** A version of an API that is going to be removed: time to change, before the upgrade that removes it.
 *  Fields: apiVersion with kind; those deprecated but still served in the Kubernetes version the stack is for, and alpha versions, see ../rules/api-lifecycle.ts. */

import { text } from "../manifest/read";
import { apiEnd, isAlpha, minorOf, notServed } from "../rules/api-lifecycle";
import { objectRule } from "../rules/object-rule";

export const deprecatedApiVersions = objectRule(
  {
    id: "deprecated-api-versions",
    severity: "low",
    description: "No object has an apiVersion that Kubernetes has announced to remove.",
    fix: "move the object to the version named before the cluster is upgraded",
    controls: ["NSA/CISA Upgrading and application security"],
  },
  function* ({ object }, { kubeVersion }) {
    const got = text(object, "apiVersion");
    const kind = text(object, "kind");
    const end = apiEnd(got, kind);
    const minor = minorOf(kubeVersion);
    if (end === undefined && isAlpha(got) && notServed(got, kind, minor) === undefined)
      yield {
        field: "apiVersion",
        said: `${got}, an alpha version, which any release may drop`,
        want: "of a stable version",
      };
    if (end === undefined || end.deprecated > minor || end.removed <= minor) return;
    const want = end.instead || "of another kind";
    yield { field: "apiVersion", said: `${got}, which Kubernetes 1.${end.removed} removes`, want };
  },
);
