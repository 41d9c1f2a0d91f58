import { strict as assert } from "node:assert";
import { noProbesReason, probes } from "../../../policy/checks/probes";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const none = { startupProbe: null, readinessProbe: null, livenessProbe: null };
const of = (change: JsonObject, spec: JsonObject = {}) => podSpec({ containers: [container(change)], ...spec });
const must = (field: string, got: string, name = "web") =>
  `container "${name}": ${field} must be a probe (exec, httpGet, tcpSocket, grpc), got ${got}`;
const all = ["startupProbe", "readinessProbe", "livenessProbe"].map((field) => must(field, "unset"));

ruleCases(probes, "probes", [
  ["[COS-04] passes all three", deployment()],
  ["[COS-04] fails none", deployment(of(none)), all],
  ["fails one missing", deployment(of({ readinessProbe: null })), [must("readinessProbe", "unset")]],
  [
    "[COS-04] fails a liveness probe without a startup probe: it ends a slow start",
    deployment(of({ startupProbe: null })),
    [must("startupProbe", "unset")],
  ],
  [
    "[COS-04] passes a worker that says why, and still has the probe that restarts it",
    deployment(of({ startupProbe: null, readinessProbe: null }), { [noProbesReason]: "takes jobs from a queue" }),
  ],
  [
    "fails a startup probe without a question",
    deployment(of({ startupProbe: { failureThreshold: 60 } })),
    [must("startupProbe", "a probe that asks nothing")],
  ],
  [
    "fails a probe without a question",
    deployment(of({ livenessProbe: { periodSeconds: 5 } })),
    [must("livenessProbe", "a probe that asks nothing")],
  ],
  [
    "[COS-04] [TR-12] passes a worker that says why",
    deployment(of(none), { [noProbesReason]: "takes jobs from a queue" }),
  ],
  ["fails an empty reason", deployment(of(none), { [noProbesReason]: " " }), all],
  ["fails a reason of less than ten characters", deployment(of(none), { [noProbesReason]: " a worker " }), all],
  [
    "passes pods that end",
    [
      manifest("batch/v1", "Job", { spec: { template: { spec: of(none, { restartPolicy: "Never" }) } } }),
      manifest("batch/v1", "CronJob", { spec: { jobTemplate: { spec: { template: { spec: of(none) } } } } }),
      manifest("v1", "Pod", { spec: of(none, { restartPolicy: "OnFailure" }) }),
    ],
  ],
  [
    "passes Jobs whatever their pods are restarted by, KEDA's too",
    [
      manifest("batch/v1", "Job", { spec: { template: { spec: of(none) } } }),
      manifest("keda.sh/v1alpha1", "ScaledJob", { spec: { jobTargetRef: { template: { spec: of(none) } } } }),
    ],
  ],
  ["fails a Pod that stays", manifest("v1", "Pod", { spec: of(none) }), all],
  ["fails a StatefulSet", manifest("apps/v1", "StatefulSet", { spec: { template: { spec: of(none) } } }), all],
  [
    "passes Knative, which adds its own",
    manifest("serving.knative.dev/v1", "Service", { spec: { template: { spec: of(none) } } }),
  ],
  ["passes init containers that end", deployment(podSpec({ initContainers: [container({ name: "init", ...none })] }))],
  [
    "fails init containers that stay",
    deployment(
      podSpec({ initContainers: [container({ name: "proxy", restartPolicy: "Always", livenessProbe: null })] }),
    ),
    [must("livenessProbe", "unset", "proxy")],
  ],
  [
    "passes ephemeral containers, which cannot have any",
    deployment(podSpec({ ephemeralContainers: [{ name: "debug" }] })),
  ],
  [
    "cannot evaluate an unknown probe",
    deployment(of({ livenessProbe: UNKNOWN as never })),
    ['container "web": livenessProbe cannot be evaluated, got a value unknown until deployment'],
  ],
]);

it("the annotation that declares pods without probes keeps its name", () =>
  assert.equal(noProbesReason, "hardened.pulumi/no-probes"));

/** A container without probes, with a restartPolicy of its own, in a Deployment or a bare pod. */
const own = (restartPolicy: unknown, rules?: unknown) =>
  of({
    ...none,
    restartPolicy: restartPolicy as string,
    ...(rules !== undefined && { restartPolicyRules: [rules as JsonObject] }),
  });
const bare = (restartPolicy: unknown, spec: JsonObject) =>
  manifest("v1", "Pod", { spec: { ...spec, restartPolicy: restartPolicy as string } });
const rule = (operator: string) => ({ action: "Restart", exitCodes: { operator, values: [42] } });
const unsure = ["startupProbe", "readinessProbe", "livenessProbe"].map(
  (field) => `container "web": ${field} cannot be evaluated, got a value unknown until deployment`,
);

ruleCases(probes, "probes", [
  ["fails a container that is always restarted in a pod that ends", bare("Never", own("Always")), all],
  ["passes a container that ends in a pod that stays", deployment(own("Never"))],
  ["passes one that is tried again on one exit code", deployment(own("Never", rule("In")))],
  ["fails one that all other exit codes restart", deployment(own("Never", rule("NotIn"))), all],
  ["fails one that failures restart in a pod that stays", deployment(own("OnFailure")), all],
  ["passes one that failures restart in a pod that ends", bare("OnFailure", own("OnFailure"))],
  ["cannot evaluate an unknown policy of the container", deployment(own(UNKNOWN)), unsure],
  ["cannot evaluate an unknown policy of the pod", bare(UNKNOWN, of(none)), unsure],
  ["passes an unknown policy where there are probes", bare(UNKNOWN, podSpec())],
  [
    "cannot evaluate an init container that may stay",
    deployment(podSpec({ initContainers: [container({ ...none, restartPolicy: UNKNOWN as never })] })),
    unsure,
  ],
  [
    "passes an init container that is tried again",
    deployment(podSpec({ initContainers: [container({ ...none, name: "init", restartPolicy: "OnFailure" })] })),
  ],
]);
ruleCases(
  probes,
  "probes",
  [
    ["asks the pod alone where the API server knows no other policy", bare("Never", own("Always"))],
    ["fails a container of a pod that stays", deployment(own("Never")), all],
  ],
  { ...prod, kubeVersion: "1.34" },
);
