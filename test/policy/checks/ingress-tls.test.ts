import { ingressTls } from "../../../policy/checks/ingress-tls";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const ingress = (spec: JsonObject) => object("networking.k8s.io/v1", "Ingress", spec);
const gateway = (protocol: unknown) =>
  object("gateway.networking.k8s.io/v1", "Gateway", { listeners: [{ protocol: protocol as string }] });
const rules = [{ host: "a.example.com" }];
const must = (got: string, field = "spec.rules[0].host") => [
  `${field} must be covered by an entry of spec.tls, got ${got}`,
];

ruleCases(ingressTls, "ingress-tls", [
  ["[TR-06] passes a host with TLS", ingress({ rules, tls: [{ hosts: ["a.example.com"], secretName: "a" }] })],
  ["passes a host under a wildcard", ingress({ rules, tls: [{ hosts: ["*.example.com"] }] })],
  ["passes an entry for every host", ingress({ rules: [{ host: "a.b" }, {}], tls: [{ secretName: "a" }] })],
  ["[ZN-81] fails a host without", ingress({ rules }), must('"a.example.com", without TLS')],
  [
    "fails the one host of two that is not covered",
    ingress({ rules: [...rules, { host: "b.example.com" }], tls: [{ hosts: ["a.example.com"] }] }),
    must('"b.example.com", without TLS', "spec.rules[1].host"),
  ],
  [
    "fails a wildcard for a deeper host, as browsers do",
    ingress({ rules: [{ host: "a.b.example.com" }], tls: [{ hosts: ["*.example.com"] }] }),
    must('"a.b.example.com", without TLS'),
  ],
  ["fails a rule for every host", ingress({ rules: [{}], tls: [{ hosts: ["a"] }] }), must("every host, without TLS")],
  ["fails a default backend", ingress({ defaultBackend: {} }), must("every host, without TLS", "spec.defaultBackend")],
  [
    "fails a default backend beside rules: it answers for every other host",
    ingress({ defaultBackend: {}, rules, tls: [{ hosts: ["a.example.com"] }] }),
    must("every host, without TLS", "spec.defaultBackend"),
  ],
  [
    "fails the old group's backend, and passes it with TLS for every host",
    [
      object("extensions/v1beta1", "Ingress", { backend: {} }),
      object("extensions/v1beta1", "Ingress", { backend: {}, tls: [{ secretName: "a" }] }),
    ],
    must("every host, without TLS", "spec.backend"),
  ],
  ["passes a Gateway with HTTPS", gateway("HTTPS")],
  ["fails a Gateway with HTTP", gateway("HTTP"), ['spec.listeners[0].protocol must be HTTPS or TLS, got "HTTP"']],
  ["fails a Gateway with plain TCP", gateway("TCP"), ['spec.listeners[0].protocol must be HTTPS or TLS, got "TCP"']],
  [
    "cannot evaluate a Gateway with an unknown protocol",
    gateway(UNKNOWN),
    ["spec.listeners[0].protocol cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "passes somebody else's Gateway",
    object("networking.istio.io/v1", "Gateway", { listeners: [{ protocol: "HTTP" }] }),
  ],
  [
    "passes another kind of the group",
    object("gateway.networking.k8s.io/v1", "TCPRoute", { listeners: [{ protocol: "HTTP" }] }),
  ],
  [
    "fails an Ingress of the old group",
    object("extensions/v1beta1", "Ingress", { rules }),
    must('"a.example.com", without TLS'),
  ],
  ["passes somebody else's Ingress", object("config.openshift.io/v1", "Ingress", { rules })],
  [
    "fails an empty host, which a certificate's hosts do not cover",
    ingress({ rules: [{ host: "" }], tls: [{ hosts: [""] }] }),
    must("every host, without TLS"),
  ],
  [
    "cannot evaluate an unknown rule",
    ingress({ rules: [UNKNOWN as never], tls: [{ hosts: ["a"] }] }),
    ["spec.rules[0].host cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "passes a default backend beside rules where every host is covered",
    ingress({ defaultBackend: {}, rules, tls: [{ hosts: ["a.example.com"] }, { secretName: "rest" }] }),
  ],
  ["passes an Ingress that says nothing", ingress({})],
  ["passes what is no Ingress", object("v1", "Service", { rules })],
  [
    "cannot evaluate an unknown host",
    ingress({ rules: [{ host: UNKNOWN as never }], tls: [{ hosts: ["a"] }] }),
    ["spec.rules[0].host cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "fails an unknown host when there is no TLS at all",
    ingress({ rules: [{ host: UNKNOWN as never }] }),
    must("a host without TLS"),
  ],
]);

ruleCases(ingressTls, "ingress-tls", [["asks nothing of a patch", ingress({ rules })]], { ...prod, scope: "patch" });
