/** A Service should be reachable inside the cluster only; what comes from outside goes through one gate with TLS.
 *  Fields: spec.type of a Service (wanted: ClusterIP, ExternalName or unset). */

import { isKind } from "../manifest/is-kind";
import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";

export const serviceType = objectRule(
  {
    id: "service-type",
    severity: "low",
    description:
      "Services are reachable inside the cluster only, so that everything from outside comes through one gate.",
    fix: "make it a ClusterIP and publish it with an Ingress or a Gateway",
    controls: ["TR-03", "NSA/CISA Network separation and hardening"],
  },
  function* ({ object }) {
    if (!isKind(object, "", "Service")) return;
    const got = read(object, "spec", "type");
    if (got === "LoadBalancer" || got === "NodePort" || got === UNKNOWN)
      yield { field: "spec.type", got, want: "ClusterIP" };
  },
);
