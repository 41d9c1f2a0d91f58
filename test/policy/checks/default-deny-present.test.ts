import { defaultDenyPresent } from "../../../policy/checks/default-deny-present";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { component, hook, object, workload } from "../support/objects";
import { prod } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const policy = (spec: JsonObject, namespace?: string) =>
  object("networking.k8s.io/v1", "NetworkPolicy", { podSelector: {}, ...spec }, "deny", namespace);
const both = ["Ingress", "Egress"];
const must = (missing: string) => [
  `spec must be under NetworkPolicies for Ingress and Egress, got none for ${missing} of its pods`,
];
const wide = (open: string) => [
  `spec must be under NetworkPolicies for Ingress and Egress, got one that allows everything for ${open}`,
];
const block = (cidr: string, except: string[] = []) => ({ ipBlock: { cidr, except } });
const skipped = ({ object }: Manifest): Manifest => ({
  object: { ...object, metadata: { name: "skipped", annotations: { "argocd.argoproj.io/hook": "Skip" } } },
});
const bare = { ...prod, settings: policySettings.parse({}) };

ruleCases(
  defaultDenyPresent,
  "default-deny-present",
  [
    ["[ZN-44] passes a policy for the whole namespace", [workload("api"), policy({ policyTypes: both })]],
    [
      "passes a policy of its own",
      [workload("api"), policy({ podSelector: { matchLabels: component("api") }, policyTypes: both })],
    ],
    [
      "passes one policy for each direction",
      [workload("api"), policy({ policyTypes: ["Ingress"] }), policy({ policyTypes: ["Egress"] })],
    ],
    [
      "passes policyTypes that follow from the rules",
      [workload("api"), policy({ egress: [{ to: [{ podSelector: {} }] }] })],
    ],
    [
      "fails a rule that allows everything, whatever else there is",
      [workload("api"), policy({ policyTypes: both }), policy({ policyTypes: ["Egress"], egress: [{}] })],
      ["spec must be under NetworkPolicies for Ingress and Egress, got one that allows everything for Egress"],
    ],
    [
      "fails a rule for every address, and passes it for one port or with exceptions",
      [
        workload("api"),
        policy({
          policyTypes: both,
          ingress: [
            { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] },
            { from: [{ ipBlock: { cidr: "::/0" } }] },
          ],
          egress: [
            { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] } }] },
          ],
        }),
      ],
      wide("Ingress"),
    ],
    ...[
      ["ranges that add up to every address", [block("0.0.0.0/1"), block("128.0.0.0/1")]],
      ["every address but a few", [block("0.0.0.0/0", ["203.0.113.7/32"])]],
      ["every address but some private networks", [block("0.0.0.0/0", ["10.0.0.0/8", "169.254.0.0/16"])]],
      ["every pod of every namespace", [{ namespaceSelector: {} }]],
      ["the same, said twice", [{ namespaceSelector: {}, podSelector: {} }]],
      [
        "every namespace that has its name",
        [{ namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] } }],
      ],
    ].map(
      ([title, to]): Case => [
        `fails ${title}`,
        [workload("api"), policy({ policyTypes: both, egress: [{ to: to as never }] })],
        wide("Egress"),
      ],
    ),
    ...[
      ["every pod of the namespace", [{ podSelector: {} }]],
      ["some pods of every namespace", [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "dns" } } }]],
      ["some namespaces", [{ namespaceSelector: { matchLabels: { team: "a" } } }]],
      ["a private network", [block("10.0.0.0/8")]],
      [
        "the addresses outside of private networks",
        [block("0.0.0.0/0", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])],
      ],
      ["the same of IPv6", [block("::/0", ["fc00::/7", "fe80::/10"])]],
    ].map(
      ([title, to]): Case => [
        `passes ${title}`,
        [workload("api"), policy({ policyTypes: both, egress: [{ to: to as never }] })],
      ],
    ),
    [
      "fails ranges of several policies that add up to every address",
      [
        workload("api"),
        policy({ policyTypes: both, egress: [{ to: [block("::/1")] }] }),
        policy({ policyTypes: both, egress: [{ to: [block("8000::/1")] }] }),
      ],
      wide("Egress"),
    ],
    [
      "cannot evaluate ranges that may add up to every address",
      [
        workload("api"),
        policy({ policyTypes: both, egress: [{ to: [block("0.0.0.0/0", UNKNOWN as never)] }] }),
        policy({ policyTypes: both, egress: [{ to: [{ namespaceSelector: { matchLabels: UNKNOWN as never } }] }] }),
      ],
      ["spec cannot be evaluated, got a value unknown until deployment"],
    ],
    [
      "fails when the only policy is there for a test",
      [workload("api"), hook(policy({ policyTypes: both }), "test")],
      must("Ingress and Egress"),
    ],
    [
      "fails when Argo CD skips the only policy",
      [workload("api"), skipped(policy({ policyTypes: both }))],
      must("Ingress and Egress"),
    ],
    [
      "passes a hook under a policy of the same hook, and asks the same of another event",
      [
        hook(workload("setup"), "pre-install,pre-upgrade", "-5"),
        hook(policy({ policyTypes: both }), "pre-install, pre-upgrade", "-10"),
        hook(workload("check"), "test"),
      ],
      must("Ingress and Egress"),
    ],
    [
      "fails a hook that opens everything, even for the time of an event",
      [workload("api"), policy({ policyTypes: both }), hook(policy({ ingress: [{}] }), "test")],
      wide("Ingress"),
    ],
    [
      "fails a policy of Calico's, whose fields are others",
      [
        workload("api"),
        object("projectcalico.org/v3", "NetworkPolicy", { selector: "all()", types: both, policyTypes: both }),
      ],
      must("Ingress and Egress"),
    ],
    [
      "passes rules for a direction the policy is not for",
      [workload("api"), policy({ policyTypes: both }), policy({ policyTypes: ["Ingress"], egress: [{}] })],
    ],
    [
      "cannot evaluate a rule nobody knows yet",
      [workload("api"), policy({ policyTypes: both, ingress: [UNKNOWN as never] })],
      ["spec cannot be evaluated, got a value unknown until deployment"],
    ],
    [
      "cannot evaluate peers nobody knows yet, but passes them on one port",
      [
        workload("api"),
        policy({
          policyTypes: both,
          ingress: [{ from: UNKNOWN as never }],
          egress: [{ to: UNKNOWN as never, ports: [{ port: 53 }] }],
        }),
      ],
      ["spec cannot be evaluated, got a value unknown until deployment"],
    ],
    ["[ZN-81] fails none", workload("api"), must("Ingress and Egress")],
    ["fails one direction", [workload("api"), policy({ policyTypes: ["Ingress"] })], must("Egress")],
    ["fails a policy without rules, which is for Ingress alone", [workload("api"), policy({})], must("Egress")],
    [
      "fails a policy of another namespace",
      [workload("api"), policy({ policyTypes: both }, "other")],
      must("Ingress and Egress"),
    ],
    [
      "fails the workload the policy does not select",
      [
        workload("api"),
        workload("worker"),
        policy({ podSelector: { matchLabels: component("api") }, policyTypes: both }),
      ],
      must("Ingress and Egress"),
    ],
    [
      "cannot evaluate unknown types",
      [workload("api"), policy({ policyTypes: UNKNOWN as never })],
      ["spec cannot be evaluated, got a value unknown until deployment"],
    ],
    [
      "passes pods on the host's network, which no policy reaches",
      workload("node", {}, "DaemonSet", { hostNetwork: true }),
    ],
    [
      "passes a PodTemplate, which runs nothing",
      {
        object: {
          apiVersion: "v1",
          kind: "PodTemplate",
          metadata: { name: "t" },
          template: { spec: { containers: [] } },
        },
      },
    ],
    [
      "cannot evaluate a policy that may select the pods",
      [workload("api"), policy({ podSelector: { matchLabels: UNKNOWN as never }, policyTypes: both })],
      ["spec cannot be evaluated, got a value unknown until deployment"],
    ],
    ["passes objects without pods", object("v1", "Service", {})],
  ],
  bare,
);

ruleCases(
  defaultDenyPresent,
  "default-deny-present",
  [
    ["passes a namespace that has one from elsewhere", workload("api")],
    [
      "fails one there that undoes it",
      [workload("api"), policy({ ingress: [{}] })],
      ["spec must be under NetworkPolicies for Ingress and Egress, got one that allows everything for Ingress"],
    ],
  ],
  { ...prod, settings: policySettings.parse({ defaultDeny: ["app*"] }) },
);
ruleCases(defaultDenyPresent, "default-deny-present", [["asks nothing of a single resource", workload("api")]], {
  ...bare,
  scope: "part",
});
