/** What changes the number or size of pods: HorizontalPodAutoscaler, KEDA's ScaledObject, VerticalPodAutoscaler. Pure. */

import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { list, read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { standsWith } from "./hooks";
import { memoizeByManifests } from "./memoize";
import type { Truth } from "./selector";
import { namespaceOf, type Workload } from "./workload";

/** An autoscaler of the number of pods. */
export interface Autoscaler {
  readonly manifest: Manifest;
  readonly namespace: string;
  /** Kind and name of what it scales. */
  readonly target: string | Unknown;
  /** Field of the least number of pods, and the number; 1 for an unset one, 0 for an unset one of KEDA. */
  readonly minField: string;
  readonly min: number | Unknown;
  readonly maxField: string;
  /** Undefined when unset: an error for Kubernetes, 100 for KEDA. */
  readonly max: number | Unknown | undefined;
  /** Resources whose use it scales by, "cpu" or "memory"; also those of KEDA's triggers. */
  readonly resources: readonly unknown[];
}

/** Kind and name, to find a target by. */
export function targetOf(reference: unknown): string | Unknown {
  if ([read(reference, "kind"), read(reference, "name")].includes(UNKNOWN)) return UNKNOWN;
  return `${text(reference, "kind") || "Deployment"}/${text(reference, "name")}`;
}

/** All autoscalers of numbers among the objects. */
export const autoscalersOf = memoizeByManifests((objects, context): readonly Autoscaler[] =>
  objects.flatMap((manifest) => {
    const { object } = manifest;
    const namespace = namespaceOf(manifest, context);
    const target: Autoscaler["target"] = targetOf(read(object, "spec", "scaleTargetRef"));
    const common: Pick<Autoscaler, "manifest" | "namespace" | "target"> = { manifest, namespace, target };
    if (isKind(object, "autoscaling", "HorizontalPodAutoscaler")) return [{ ...common, ...ofHpa(object) }];
    if (isKind(object, "keda.sh", "ScaledObject")) return [{ ...common, ...ofKeda(object) }];
    return [];
  }),
);

type About = Pick<Autoscaler, "namespace" | "target">;

/** Autoscalers of a namespace, with their places among all, so that one can ask for a target without trying each. */
interface Index {
  readonly byTarget: Map<string, number[]>;
  readonly unknown: number[];
  readonly all: number[];
}

const indexes = new WeakMap<readonly Autoscaler[], Map<string, Index>>();

function indexOf(all: readonly Autoscaler[]): Map<string, Index> {
  const known = indexes.get(all);
  if (known !== undefined) return known;
  const index = new Map<string, Index>();
  for (const [place, { namespace, target }] of all.entries()) {
    const own: Index = index.get(namespace) ?? { byTarget: new Map(), unknown: [], all: [] };
    index.set(namespace, own);
    own.all.push(place);
    if (target === UNKNOWN) own.unknown.push(place);
    else {
      const places = own.byTarget.get(target);
      if (places === undefined) own.byTarget.set(target, [place]);
      else places.push(place);
    }
  }
  indexes.set(all, index);
  return index;
}

/** The autoscalers that are, or may be, about the same target as something in a namespace, in their order. */
export function scalersAbout(
  { namespace, target }: About,
  all: readonly Autoscaler[],
): { readonly scaler: Autoscaler; readonly truth: Truth }[] {
  const index = indexOf(all).get(namespace);
  if (index === undefined) return [];
  const places = target === UNKNOWN ? index.all : [...(index.byTarget.get(target) ?? []), ...index.unknown];
  return places
    .toSorted((a, b) => a - b)
    .map((place) => {
      const scaler = all[place] as Autoscaler;
      return { scaler, truth: target === UNKNOWN || scaler.target === UNKNOWN ? UNKNOWN : true };
    });
}

/** The autoscaler of a workload; UNKNOWN when there is none, but one that may be. One that is there at a hook only does not count. */
export function scalerOf(
  { manifest, namespace, kind, name }: Workload,
  all: readonly Autoscaler[],
): Autoscaler | Unknown | undefined {
  const about = scalersAbout({ namespace, target: `${kind}/${name}` }, all).filter(({ scaler }) =>
    standsWith(scaler.manifest, manifest),
  );
  return about.find(({ truth }) => truth === true)?.scaler ?? (about.length > 0 ? UNKNOWN : undefined);
}

/** The least number of pods a workload has: its autoscaler's least, else its own. */
export function leastReplicas(workload: Workload, all: readonly Autoscaler[]): number | Unknown | undefined {
  const scaler = scalerOf(workload, all);
  if (scaler === UNKNOWN) return UNKNOWN;
  return scaler === undefined ? workload.replicas : scaler.min;
}

type Bounds = Omit<Autoscaler, "manifest" | "namespace" | "target">;

function ofHpa(object: unknown): Bounds {
  const metrics = list(object, "spec", "metrics").map((metric) => {
    if (metric === UNKNOWN) return UNKNOWN;
    return read(metric, "resource", "name") ?? read(metric, "containerResource", "name");
  });
  const old = read(object, "spec", "targetCPUUtilizationPercentage") === undefined ? [] : ["cpu"];
  return {
    minField: "spec.minReplicas",
    min: numberOf(read(object, "spec", "minReplicas")) ?? 1,
    maxField: "spec.maxReplicas",
    max: numberOf(read(object, "spec", "maxReplicas")),
    // Without any metric the API server adds cpu.
    resources: metrics.length === 0 ? [...old, ...(old.length > 0 ? [] : ["cpu"])] : metrics,
  };
}

function ofKeda(object: unknown): Bounds {
  return {
    minField: "spec.minReplicaCount",
    min: numberOf(read(object, "spec", "minReplicaCount")) ?? 0,
    maxField: "spec.maxReplicaCount",
    max: numberOf(read(object, "spec", "maxReplicaCount")) ?? 100,
    resources: list(object, "spec", "triggers").map((trigger) => read(trigger, "type")),
  };
}

function numberOf(value: unknown): number | Unknown | undefined {
  return value === UNKNOWN || typeof value === "number" ? value : undefined;
}
