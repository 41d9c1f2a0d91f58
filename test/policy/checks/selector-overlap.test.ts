import { selectorOverlap } from "../../../policy/checks/selector-overlap";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, object, workload } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const base = { app: "shop" };
const api = workload("api", {
  selector: { matchLabels: base },
  template: { metadata: { labels: base }, spec: {} },
});
const worker = workload("worker", {
  selector: { matchLabels: { ...base, ...component("worker") } },
  template: { metadata: { labels: { ...base, ...component("worker") } }, spec: {} },
});

const template: JsonObject = { metadata: { labels: base }, spec: { containers: [] } };
const shapes: Readonly<Record<string, JsonObject>> = {
  CronJob: { apiVersion: "batch/v1", spec: { jobTemplate: { spec: { template } } } },
  ScaledJob: { apiVersion: "keda.sh/v1alpha1", spec: { jobTargetRef: { template } } },
  Pod: { apiVersion: "v1", ...template },
  PodTemplate: { apiVersion: "v1", template },
};
/** Pods with the labels the selector asks for, in another kind. */
const podsOf = (kind: string): Manifest => ({
  object: { ...shapes[kind], kind, metadata: { name: "other", labels: base } } as JsonObject,
});

ruleCases(selectorOverlap, "selector-overlap", [
  ["[TR-09] passes a label of its own for each", [workload("api"), workload("worker")]],
  [
    "[TR-09] fails a selector that takes the worker's pods too, where it is written",
    [api, worker],
    ["spec.selector must be for its own pods only, got one that selects the pods of Deployment apps/worker"],
  ],
  [
    "passes the same in two namespaces",
    [api, { object: { ...worker.object, metadata: { name: "worker", namespace: "other" } } }],
  ],
  [
    "passes the same in a namespace that is not known yet",
    [api, { object: { ...worker.object, metadata: { name: "worker", namespace: UNKNOWN as never } } }],
  ],
  [
    "passes a Job beside it, which selects by an id",
    [api, { object: { ...worker.object, apiVersion: "batch/v1", kind: "Job" } }],
  ],
  [
    "cannot evaluate unknown labels",
    [workload("api"), workload("worker", { template: { metadata: { labels: UNKNOWN as never } } })],
    ["spec.selector cannot be evaluated, got a value unknown until deployment"],
  ],
  ...["CronJob", "ScaledJob", "Pod", "PodTemplate"].map(
    (kind) => [`passes a ${kind} beside it, which selects by no label of its own`, [api, podsOf(kind)]] as const,
  ),
  ["passes a Pod that seems to select", [{ object: { ...api.object, kind: "Job", apiVersion: "batch/v1" } }, worker]],
  ["passes a workload without a selector", [{ object: { ...api.object, spec: { template: { spec: {} } } } }, worker]],
  ["passes what runs no pods", [object("v1", "Service", { selector: base }), worker]],
]);
