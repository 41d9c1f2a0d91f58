import { selectorOverlap } from "../../../policy/checks/selector-overlap";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { component, workload } from "../support/objects";
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
    "passes a Job beside it, which selects by an id",
    [api, { object: { ...worker.object, apiVersion: "batch/v1", kind: "Job" } }],
  ],
  [
    "cannot judge unknown labels",
    [workload("api"), workload("worker", { template: { metadata: { labels: UNKNOWN as never } } })],
    ["spec.selector cannot be judged, got a value unknown until deployment"],
  ],
]);
