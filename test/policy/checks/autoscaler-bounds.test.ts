import { autoscalerBounds } from "../../../policy/checks/autoscaler-bounds";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { hpa, object } from "../support/objects";
import { prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const keda = (spec: JsonObject) =>
  object("keda.sh/v1alpha1", "ScaledObject", { scaleTargetRef: { name: "api" }, ...spec });
const paused = (count: string) => ({
  object: {
    ...keda({ minReplicaCount: 2, maxReplicaCount: 5 }).object,
    metadata: { name: "api", annotations: { "autoscaling.keda.sh/paused-replicas": count } },
  },
});
const vpa = (policies: JsonObject[]) =>
  object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", { resourcePolicy: { containerPolicies: policies } });
const both = { minAllowed: { cpu: "10m" }, maxAllowed: { cpu: "1" } };

ruleCases(autoscalerBounds, "autoscaler-bounds", [
  ["[COS-24] passes two and more", hpa("api", { minReplicas: 2, maxReplicas: 5 })],
  [
    "[COS-24] [TR-48] fails one in production",
    hpa("api", { minReplicas: 1, maxReplicas: 5 }),
    ["spec.minReplicas must be at least 2, got 1"],
  ],
  [
    "[COS-26] fails KEDA paused at nothing, and passes it paused at two",
    [paused("0"), paused("2")],
    ['metadata.annotations["autoscaling.keda.sh/paused-replicas"] must be at least 1, got "0"'],
  ],
  [
    "fails an unset least, which is one",
    hpa("api", { maxReplicas: 5 }),
    ["spec.minReplicas must be at least 2, got 1"],
  ],
  [
    "[COS-26] fails zero",
    hpa("api", { minReplicas: 0, maxReplicas: 5 }),
    ["spec.minReplicas must be at least 2, got 0"],
  ],
  [
    "[COS-24] fails no most",
    hpa("api", { minReplicas: 2 }),
    ["spec.maxReplicas must be above 2, the least, got unset"],
  ],
  [
    "fails a most that leaves nothing to do",
    hpa("api", { minReplicas: 3, maxReplicas: 3 }),
    ["spec.maxReplicas must be above 3, the least, got 3"],
  ],
  ["[COS-26] fails KEDA's own least of zero", keda({}), ["spec.minReplicaCount must be at least 2, got 0"]],
  [
    "[COS-26] fails KEDA's idle pods",
    keda({ minReplicaCount: 2, idleReplicaCount: 0 }),
    ["spec.idleReplicaCount must be unset, got 0"],
  ],
  [
    "[COS-26] fails a schedule that scales to nothing",
    keda({
      minReplicaCount: 2,
      triggers: [
        { type: "cron", metadata: { desiredReplicas: "1" } },
        { type: "cron", metadata: { desiredReplicas: "0" } },
        { type: "cpu", metadata: { value: "60" } },
      ],
    }),
    ['spec.triggers[1].metadata.desiredReplicas must be at least 1, got "0"'],
  ],
  ["passes KEDA with a least", keda({ minReplicaCount: 2 })],
  ["[COS-24] passes a VPA with one policy for all", vpa([{ containerName: "*", ...both }])],
  [
    "[COS-24] passes a VPA with bounds",
    vpa([
      { containerName: "*", ...both },
      { containerName: "proxy", mode: "Off" },
    ]),
  ],
  [
    "[COS-24] fails a VPA without",
    [vpa([]), vpa([{ containerName: "*", minAllowed: { cpu: "10m" } }])],
    [
      "spec.resourcePolicy.containerPolicies must be complete (minAllowed and maxAllowed), got none",
      "spec.resourcePolicy.containerPolicies[0].maxAllowed must be set for cpu and memory, got unset",
    ],
  ],
  [
    "cannot evaluate unknown bounds",
    hpa("api", { minReplicas: UNKNOWN as never, maxReplicas: UNKNOWN as never }),
    [
      "spec.minReplicas cannot be evaluated, got a value unknown until deployment",
      "spec.maxReplicas cannot be evaluated, got a value unknown until deployment",
    ],
  ],
]);

ruleCases(
  autoscalerBounds,
  "autoscaler-bounds",
  [
    ["[COS-24] passes one outside production", hpa("api", { minReplicas: 1, maxReplicas: 2 })],
    [
      "[COS-26] fails zero there too",
      hpa("api", { minReplicas: 0, maxReplicas: 2 }),
      ["spec.minReplicas must be at least 1, got 0"],
    ],
  ],
  { ...prod, profile: "staging" },
);

ruleCases(
  autoscalerBounds,
  "autoscaler-bounds",
  [["asks a patch nothing: it shows only what it changes", hpa("api", { minReplicas: 0 })]],
  { ...prod, scope: "patch" },
);
