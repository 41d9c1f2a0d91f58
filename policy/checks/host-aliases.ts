/** hostAliases write names into a pod's /etc/hosts: they take precedence over DNS and stay when the address is reassigned.
 *  Fields: spec.hostAliases; wanted: none. */

import { read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { podRule } from "../rules/object-rule";

export const hostAliases = podRule(
  {
    id: "host-aliases",
    severity: "low",
    description: "Pods find hosts by DNS, not by addresses written into them, which outlive the host.",
    fix: "use the DNS name; for a name of your own make a Service with externalName or an EndpointSlice",
    controls: ["NSA/CISA Network separation and hardening"],
  },
  function* ({ spec }) {
    const got = read(spec, "hostAliases");
    if (got === undefined || (Array.isArray(got) && got.length === 0)) return;
    yield {
      field: "hostAliases",
      got: got === UNKNOWN ? UNKNOWN : undefined,
      said: "addresses fixed for names",
      want: "unset",
    };
  },
);
