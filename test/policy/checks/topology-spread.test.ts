import { topologySpread } from "../../../policy/checks/topology-spread";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, hpa, workload } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const host = "kubernetes.io/hostname";
const own = { matchLabels: component("api") };
const api = (pod: JsonObject, spec: JsonObject = { replicas: 2 }) => workload("api", spec, "Deployment", pod);
const spread = (topologyKey: string, labelSelector: JsonObject = own) => ({
  topologySpreadConstraints: [{ topologyKey, labelSelector, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" }],
});
const anti = (how: string, term: JsonObject) => ({ affinity: { podAntiAffinity: { [how]: [term] } } });
const field = "spec.template.spec.topologySpreadConstraints";
const must = (count = 2) => [
  `${field} must be a spread over nodes or zones, got none that fits the pods (there are ${count})`,
];

ruleCases(topologySpread, "topology-spread", [
  ["[COS-06] passes a spread over nodes", api(spread(host))],
  ["[COS-06] passes a spread over zones", api(spread("topology.kubernetes.io/zone"))],
  [
    "[COS-07] passes pods that avoid each other",
    api(anti("requiredDuringSchedulingIgnoredDuringExecution", { topologyKey: host, labelSelector: own })),
  ],
  [
    "[COS-07] passes pods that rather avoid each other",
    api(
      anti("preferredDuringSchedulingIgnoredDuringExecution", {
        podAffinityTerm: { topologyKey: host, labelSelector: own },
      }),
    ),
  ],
  ["passes a single pod", [api({}, {}), workload("db", { replicas: 1 }, "StatefulSet")]],
  ["passes a DaemonSet, which has one on each node", workload("agent", {}, "DaemonSet")],
  ["[COS-06] fails two pods without", api({}), must()],
  ["fails what an autoscaler keeps at three", [api({}, {}), hpa("api", { minReplicas: 3, maxReplicas: 5 })], must(3)],
  ["fails a spread of other pods", api(spread(host, { matchLabels: component("web") })), must()],
  ["fails a spread over something that is everywhere the same", api(spread("kubernetes.io/os")), must()],
  [
    "fails a skew that allows all pods in one place, and passes it where there are more",
    [
      api({ topologySpreadConstraints: [{ ...spread(host).topologySpreadConstraints[0], maxSkew: 2 }] }),
      api(
        { topologySpreadConstraints: [{ ...spread(host).topologySpreadConstraints[0], maxSkew: 2 }] },
        { replicas: 3 },
      ),
    ],
    must(),
  ],
  [
    "fails pods that avoid those of another namespace only",
    api(
      anti("requiredDuringSchedulingIgnoredDuringExecution", {
        topologyKey: host,
        labelSelector: own,
        namespaces: ["other"],
      }),
    ),
    must(),
  ],
  [
    "passes pods that avoid those of their namespace too",
    ["apps", "other"].map((name) =>
      api(
        anti("requiredDuringSchedulingIgnoredDuringExecution", {
          topologyKey: host,
          labelSelector: own,
          namespaces: [name],
          ...(name === "other" && { namespaceSelector: {} }),
        }),
      ),
    ),
  ],
  [
    "cannot evaluate an unknown selector",
    api(spread(host, UNKNOWN as never)),
    [`${field} cannot be evaluated, got a value unknown until deployment`],
  ],
  [
    "cannot evaluate an unknown number of pods",
    api({}, { replicas: UNKNOWN as never }),
    [`${field} cannot be evaluated, got a value unknown until deployment`],
  ],
  ["passes an unknown number that is spread", api(spread(host), { replicas: UNKNOWN as never })],
  ["[COS-06] passes a spread over regions", api(spread("topology.kubernetes.io/region"))],
  [
    "cannot evaluate an unknown constraint",
    api({ topologySpreadConstraints: [UNKNOWN as never] }),
    [`${field} cannot be evaluated, got a value unknown until deployment`],
  ],
  [
    "cannot evaluate an unknown topology",
    api(spread(UNKNOWN as never)),
    [`${field} cannot be evaluated, got a value unknown until deployment`],
  ],
]);
