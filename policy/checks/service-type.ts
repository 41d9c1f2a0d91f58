/** A Service should be reachable inside the cluster only; what comes from outside goes through one gate with TLS.
 *  Fields: spec.type of a Service (wanted: ClusterIP, ExternalName or unset), spec.externalIPs (wanted: none).
 *  externalIPs let whoever writes a Service take over traffic to any address (CVE-2020-8554). */

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
    if (object.kind !== "Service" || object.apiVersion !== "v1") return;
    const got = read(object, "spec", "type");
    if (got === "LoadBalancer" || got === "NodePort" || got === UNKNOWN)
      yield { field: "spec.type", got, want: "ClusterIP" };
    const addresses = read(object, "spec", "externalIPs");
    if (addresses === undefined || (Array.isArray(addresses) && addresses.length === 0)) return;
    yield { field: "spec.externalIPs", got: addresses, want: "unset" };
  },
);
