/** A Service with externalIPs intercepts traffic of pods and nodes to those addresses (CVE-2020-8554).
 *  Fields: spec.externalIPs of a Service; wanted: none. Upstream: kubernetes/kubernetes#97076, the admission plugin DenyServiceExternalIPs. */

import { isKind } from "../manifest/is-kind";
import { read } from "../manifest/read";
import { objectRule } from "../rules/object-rule";

export const serviceExternalIps = objectRule(
  {
    id: "service-external-ips",
    severity: "high",
    description: "No Service has externalIPs: nodes send it traffic to any address it names, also to that of others.",
    fix: "remove externalIPs; publish the Service with an Ingress, a Gateway or a load balancer",
    controls: ["TR-03", "NSA/CISA Network separation and hardening"],
  },
  function* ({ object }) {
    if (!isKind(object, "", "Service")) return;
    const got = read(object, "spec", "externalIPs");
    if (got === undefined || (Array.isArray(got) && got.length === 0)) return;
    yield { field: "spec.externalIPs", got, want: "unset" };
  },
);
