/** Two autoscalers on one measure fight: the vertical one makes pods larger because they are busy, the horizontal one then takes some away, and so on.
 *  Fields: a VerticalPodAutoscaler whose spec.updatePolicy.updateMode is not "Off" and a HorizontalPodAutoscaler by cpu or memory on one target;
 *  several horizontal ones, or several vertical ones that act, on one target.
 *  Upstream: the VPA's documentation, "known limitations"; the HPA controller stops with AmbiguousSelector. */

import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { refOf } from "../manifest/manifest";
import { list, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectText } from "../message";
import { type Autoscaler, autoscalersOf, scalersAbout, targetOf } from "../rules/autoscaler";
import { memoizeByManifests } from "../rules/memoize";
import { objectRule } from "../rules/object-rule";
import type { RuleContext } from "../rules/rule";
import { namespaceOf, workloadsOf } from "../rules/workload";

export const autoscalerConflict = objectRule(
  {
    id: "autoscaler-conflict",
    severity: "high",
    description: "No workload has two autoscalers that act on the same measure.",
    fix: 'set updateMode: "Off" on the VerticalPodAutoscaler, or let the HorizontalPodAutoscaler scale by something else',
    across: true,
    controls: ["COS-23"],
  },
  function* (manifest, context, objects) {
    const all = autoscalersOf(objects, context);
    const own = ownOf(objects, context).get(manifest);
    const field = "spec.scaleTargetRef";
    const fix = "keep one autoscaler for the workload and give it all metrics";
    for (const { scaler, truth } of own === undefined ? [] : scalersAbout(own, all)) {
      if (scaler === own) break; // of two, the second is told
      if (truth === true) yield { field, said: `the target of ${nameOf(scaler, context)} too`, want: "its own", fix };
      else yield { field, got: UNKNOWN, want: "its own", fix };
    }
    const { object } = manifest;
    if (!isKind(object, "autoscaling.k8s.io", "VerticalPodAutoscaler")) return;
    const mode = modeOf(object);
    if (mode === "Off") return;
    const namespace = namespaceOf(manifest, context);
    const target = targetOf(read(object, "spec", "targetRef"));
    const [first = manifest] = actingOn(objects, context).get(JSON.stringify([namespace, target])) ?? [];
    if (first !== manifest && target !== UNKNOWN)
      yield {
        field: "spec.targetRef",
        said: `the target of ${nameOf({ manifest: first }, context)} too`,
        want: "its own",
        fix,
      };
    const sized = sizedBy(object, containersOf(objects, context).get(JSON.stringify([namespace, target])));
    for (const { scaler, truth: same } of scalersAbout({ namespace, target }, all)) {
      const shared = scaler.resources.filter((one) => one === UNKNOWN || sized.includes(one));
      const at = "spec.updatePolicy.updateMode";
      const want = `"Off", since ${nameOf(scaler, context)} scales by ${shared.filter((one) => one !== UNKNOWN).join(", ") || "the same"}`;
      if (shared.length === 0) continue;
      if (same === UNKNOWN || mode === UNKNOWN || shared.every((one) => one === UNKNOWN))
        yield { field: at, got: UNKNOWN, want };
      else yield { field: at, got: mode, want };
    }
  },
);

const nameOf = ({ manifest }: Pick<Autoscaler, "manifest">, context: RuleContext): string =>
  objectText(refOf(manifest.object, context.namespace));

const ownOf = memoizeByManifests(
  (objects, context) => new Map(autoscalersOf(objects, context).map((scaler) => [scaler.manifest, scaler])),
);

const modeOf = (object: unknown): unknown => read(object, "spec", "updatePolicy", "updateMode") ?? "Auto";

/** VPAs that change pods, by namespace and target. */
const actingOn = memoizeByManifests((objects, context) => {
  const found = new Map<string, Manifest[]>();
  for (const manifest of objects) {
    const { object } = manifest;
    if (!isKind(object, "autoscaling.k8s.io", "VerticalPodAutoscaler") || modeOf(object) === "Off") continue;
    const key = JSON.stringify([namespaceOf(manifest, context), targetOf(read(object, "spec", "targetRef"))]);
    found.set(key, [...(found.get(key) ?? []), manifest]);
  }
  return found;
});

/** Names of the containers of each workload. */
const containersOf = memoizeByManifests(
  (objects, context) =>
    new Map(
      workloadsOf(objects, context).map(({ namespace, kind, name, spec }) => [
        JSON.stringify([namespace, `${kind}/${name}`]),
        list(spec, "containers").map((one) => read(one, "name")),
      ]),
    ),
);

/** Resources a VPA changes: both, unless the policies of all containers name fewer. One named "*" is for those without their own. */
function sizedBy(object: unknown, containers: readonly unknown[] | undefined): unknown[] {
  const policies = list(object, "spec", "resourcePolicy", "containerPolicies");
  const names = new Set(policies.map((one) => read(one, "containerName")));
  const isComplete = names.has("*") || containers?.every((name) => names.has(name));
  const acting = policies.filter((one) => read(one, "mode") !== "Off");
  const named = acting.map((one) => read(one, "controlledResources"));
  if (!isComplete || named.some((one) => !Array.isArray(one))) return ["cpu", "memory"];
  return named.flat();
}
