/** Nodes are drained for every upgrade: without a budget all copies may go at once, and with one that never allows an eviction the drain hangs.
 *  Fields: Deployment, StatefulSet, ReplicaSet, ReplicationController, Rollout with two pods or more (by spec.replicas or the autoscaler's least):
 *  one PodDisruptionBudget selects their pods; its spec.minAvailable or spec.maxUnavailable, one of them, leaves room for one
 *  eviction.
 *  Upstream: pkg/controller/disruption/disruption.go (percentages round up); two budgets for one pod make evictions fail (pkg/registry/core/pod/storage/eviction.go). */

import type { JsonObject } from "../contract";
import { isKind } from "../manifest/is-kind";
import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { autoscalersOf, leastReplicas } from "../rules/autoscaler";
import { meets, standsWith } from "../rules/hooks";
import { objectRule } from "../rules/object-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";
import { seesAll, seesObject } from "../rules/scope";
import { candidates, selectorsOf } from "../rules/selected";
import { allOf, anyOf, selects } from "../rules/selector";
import { namespaceOf, workloadsOf } from "../rules/workload";

const info: RuleInfo = {
  id: "disruption-budget",
  severity: "medium",
  description: "Every workload with two pods or more has one PodDisruptionBudget, which allows an eviction.",
  fix: "add a PodDisruptionBudget with maxUnavailable: 1 that selects the workload's pods",
  across: true,
  controls: ["COS-05", "TR-22", "TR-48", "ZN T8"],
};

const keys = ["minAvailable", "maxUnavailable"] as const;

const isBudget = (object: JsonObject): boolean => isKind(object, "policy", "PodDisruptionBudget");

const budgetsBy = selectorsOf(isBudget, (object) => read(object, "spec", "selector"));

const ofWorkloads = objectRule(info, function* (manifest, context, objects) {
  if (!seesAll(context)) return;
  const [workload] = workloadsOf([manifest], context);
  if (workload?.replicas === undefined) return;
  const least = leastReplicas(workload, autoscalersOf(objects, context));
  const field = "spec.replicas";
  const found = budgetsBy(objects, context).get(manifest) ?? [];
  const selected = anyOf(found.map(({ by, truth }) => allOf([standsWith(by, manifest), truth])));
  const want = "beside one PodDisruptionBudget for its pods";
  if (found.filter(({ truth }) => truth === true).length > 1)
    yield { field: "spec.template.metadata.labels", said: "several, and then no eviction works", want };
  if (least === UNKNOWN) {
    if (selected !== true) yield { field, got: UNKNOWN, want };
  } else if (least !== undefined && least > 1) {
    if (selected === UNKNOWN) yield { field, got: UNKNOWN, want };
    else if (!selected) yield { field, said: `${least} pods and no budget`, want };
  }
});

const ofBudgets = objectRule(info, function* (manifest, context, objects) {
  if (!isBudget(manifest.object)) return;
  const scalers = autoscalersOf(objects, context);
  const selector = read(manifest.object, "spec", "selector");
  const own = candidates(objects, context, namespaceOf(manifest, context), read(selector, "matchLabels"));
  const pods = own
    .filter((one) => one.replicas !== undefined && meets(one.manifest, manifest))
    .filter(({ labels }) => selects(selector, labels) === true)
    .map((workload) => leastReplicas(workload, scalers));
  const want = "such that one pod may go";
  const fix = "set maxUnavailable: 1 instead; a workload of a single pod needs no budget";
  const given = keys.filter((key) => read(manifest.object, "spec", key) !== undefined);
  if (given.length === 0 && seesObject(context))
    yield { field: "spec", said: "neither minAvailable nor maxUnavailable, which allows none to go", want, fix };
  if (given.length > 1) yield { field: "spec", said: "minAvailable and maxUnavailable, which is refused", want, fix };
  for (const key of given) {
    const got = read(manifest.object, "spec", key);
    const field = `spec.${key}`;
    if (got === UNKNOWN || (key === "minAvailable" && pods.includes(UNKNOWN) && !always(key, got)))
      yield { field, got: UNKNOWN, want, fix };
    else if (blocks(key, got, pods)) yield { field, said: `${JSON.stringify(got)}${ofHowMany(pods)}`, want, fix };
  }
});

export const disruptionBudget: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofWorkloads.check(objects, context), ...ofBudgets.check(objects, context)],
};

type Key = (typeof keys)[number];

/** Blocks or allows whatever the number of pods is. */
function always(key: Key, got: unknown): boolean {
  return key === "minAvailable" ? /^100%$/.test(word(got)) : /^0+%?$/.test(word(got));
}

function blocks(key: Key, got: unknown, pods: readonly unknown[]): boolean {
  if (always(key, got)) return true;
  if (key === "maxUnavailable" || pods.length === 0) return false;
  const all = pods.reduce<number>((sum, each) => sum + Number(each), 0);
  if (all === 0) return false; // nothing runs, nothing is in the way
  const percent = typeof got === "string" ? /^(\d+)%$/.exec(got)?.[1] : undefined;
  const needed = percent === undefined ? Number(got) : Math.ceil((Number(percent) * all) / 100);
  return needed >= all;
}

function ofHowMany(pods: readonly unknown[]): string {
  if (pods.length === 0) return "";
  const all = pods.reduce<number>((sum, each) => sum + Number(each), 0);
  return ` of ${all} pod${all === 1 ? "" : "s"}`;
}
