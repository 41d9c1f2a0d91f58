/** The namespace default has no quota, no Pod Security level and no policies, and everything without a namespace falls into it.
 *  Fields: metadata.namespace, or the release's; forbidden: default. Kinds of other makers only where they say it, since they may have no namespace. */
import { isCluster } from "../manifest/cluster-kinds";
import { read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { seesAll } from "../rules/scope";

const own = /^(?:[a-z]+\/)?v\d\w*$|^[a-z.]*k8s\.io\//;

export const defaultNamespaceUsed = objectRule(
  {
    id: "default-namespace-used",
    severity: "medium",
    description:
      "Nothing is put into the namespace default, which has no quota, no policies and no Pod Security level.",
    fix: "name the system's own namespace",
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    controls: ["CIS 5.6.4", "CIS 5.6.1", "NSA/CISA Network separation and hardening"],
  },
  function* ({ object }, context) {
    if (isCluster(text(object, "kind"))) return;
    const written = read(object, "metadata", "namespace");
    const want = "a namespace of the system";
    if (written === UNKNOWN) yield { field: "metadata.namespace", got: UNKNOWN, want };
    else if (written === "default") yield { field: "metadata.namespace", got: written, want };
    else if (
      (written ?? "") === "" &&
      seesAll(context) &&
      context.namespace === "default" &&
      own.test(text(object, "apiVersion"))
    )
      yield { field: "metadata.namespace", said: "unset, which is default", want };
  },
);
