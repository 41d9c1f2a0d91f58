/** What comes from outside comes encrypted: a host that is served without TLS hands passwords and cookies to everyone on the way.
 *  Fields: spec.tls of an Ingress must cover the host of each of spec.rules and of spec.defaultBackend; spec.listeners[*].protocol of a Gateway is HTTPS or TLS. */

import { isKind } from "../manifest/is-kind";
import { list, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";
import { seesObject } from "../rules/scope";

export const ingressTls = objectRule(
  {
    id: "ingress-tls",
    severity: "high",
    description: "Every host an Ingress or Gateway serves has TLS.",
    fix: "add the host to spec.tls with the secretName of its certificate; for a Gateway make the listener HTTPS",
    controls: ["TR-06", "ZN-81", "SOC2 CC6.7", "ISO A.8.5", "ZN T3", "NSA/CISA Network separation and hardening"],
  },
  function* ({ object }, context) {
    if (!seesObject(context)) return;
    if (isKind(object, "gateway.networking.k8s.io", "Gateway")) {
      for (const [index, listener] of list(object, "spec", "listeners").entries()) {
        const got = read(listener, "protocol");
        if (got === "HTTP" || got === "TCP" || got === UNKNOWN)
          yield { field: `spec.listeners[${index}].protocol`, got, want: "HTTPS or TLS" };
      }
    }
    if (!["networking.k8s.io", "extensions"].some((group) => isKind(object, group, "Ingress"))) return;
    const tls = list(object, "spec", "tls");
    // An entry without hosts is for the default certificate's hosts: it covers everything.
    const covered = tls.flatMap((one) => (list(one, "hosts").length === 0 ? ["*"] : list(one, "hosts")));
    const rules = list(object, "spec", "rules");
    const hosts = rules.map((rule) => (rule === UNKNOWN ? UNKNOWN : (read(rule, "host") ?? "")));
    // What fits no rule goes there, whatever host it asks for; its name was "backend" in the old group.
    const fallback = ["defaultBackend", "backend"].find((key) => read(object, "spec", key) !== undefined);
    if (fallback !== undefined) hosts.push("");
    for (const [index, host] of hosts.entries()) {
      if (typeof host === "string" && covers(covered, host)) continue;
      const field = index === rules.length ? `spec.${fallback}` : `spec.rules[${index}].host`;
      const want = "covered by an entry of spec.tls";
      if (host === UNKNOWN || covered.includes(UNKNOWN)) {
        if (tls.length > 0) yield { field, got: UNKNOWN, want };
        else yield { field, said: "a host without TLS", want };
      } else
        yield { field, said: host === "" ? "every host, without TLS" : `${JSON.stringify(host)}, without TLS`, want };
    }
  },
);

/** `*.example.com` covers one more part, as certificates do. */
function covers(covered: readonly unknown[], host: string): boolean {
  const wild = host.replace(/^[^.]+\./, "*.");
  return covered.some((one) => one === "*" || (host !== "" && (one === host || one === wild)));
}
