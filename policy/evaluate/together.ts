/** Evaluates parts as one set: the releases and plain objects of a program, or the charts and files given to one check. Each part was evaluated alone before;
 *  here are asked the rules that look from one object to another, once, about all of them. */

import { basename } from "node:path";
import { releaseRenders } from "../checks/release-renders";
import type { Finding, JsonObject, Manifest, ObjectRef, SuppressedFinding, Verdict } from "../contract";
import { isCluster } from "../manifest/cluster-kinds";
import { isKind } from "../manifest/is-kind";
import { refOf } from "../manifest/manifest";
import { read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { hasChanged } from "../render/chart";
import { RenderError } from "../render/render-error";
import { deliveryOf } from "../rules/delivery";
import { type EvaluationContext, evaluate } from "./evaluate";

/** Objects that are deployed with others. */
export interface Part {
  /** What the rules about single objects say. */
  readonly verdict: Verdict;
  readonly manifests: readonly Manifest[];
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Set when there are more objects than can be seen, or only pieces of some: nothing can then be said to be missing. @default false */
  readonly incomplete?: boolean;
  readonly lineOf?: EvaluationContext["lineOf"];
  /** The chart the objects were rendered from, as it was then. @default they come from no chart */
  readonly chart?: { readonly path: string; readonly digest: string; readonly root?: string };
  /** The release, where there is one. */
  readonly release?: ObjectRef;
  /** Where a controller fetches the chart that was evaluated, when another object pins it. @default nowhere else */
  readonly fetched?: {
    readonly by: ObjectRef;
    readonly from: { readonly namespace: string; readonly name: string };
    readonly digest: string;
  };
}

/** The circumstances all parts are evaluated in. */
export type TogetherContext = Omit<
  EvaluationContext,
  "namespace" | "values" | "signatures" | "scope" | "only" | "lineOf"
>;

/** What the rules that look across say, one verdict for each part in the order given. Its counts are 0: the objects were counted before. */
export function evaluateTogether(parts: readonly Part[], context: TogetherContext): Verdict[] {
  const all: Manifest[] = [];
  const owners = new Map<string, number>();
  const origins = new Map<Manifest, { manifest: Manifest; part: Part }>();
  for (const [index, part] of parts.entries()) {
    for (const manifest of part.manifests) {
      const placed = { ...manifest, object: withNamespace(manifest.object, part.namespace) };
      const key = keyOf(refOf(placed.object));
      if (!owners.has(key)) owners.set(key, index);
      origins.set(placed, { manifest, part });
      all.push(placed);
    }
  }
  const lineOf: EvaluationContext["lineOf"] = (placed, field) => {
    const { manifest, part } = origins.get(placed) ?? {};
    return manifest && part?.lineOf?.(manifest, field);
  };
  const isWhole = parts.every((part) => part.incomplete !== true) && all.every(hasKnownPlace);
  const scope = isWhole ? "whole" : "part";
  const said = evaluateAcross(all, {
    ...context,
    namespace: "default",
    scope,
    lineOf,
    only: "together",
    allowEmpty: true,
  });
  const ownerOf = ({ object }: Finding): number => owners.get(keyOf(object)) ?? 0;
  const verdicts = parts.map(() => ({
    findings: [] as Finding[],
    exempted: [] as SuppressedFinding[],
    objects: 0,
    pods: 0,
  }));
  for (const finding of said.findings) verdicts[ownerOf(finding)]?.findings.push(finding);
  for (const one of said.exempted ?? []) verdicts[ownerOf(one.finding)]?.exempted.push(one);
  const objects = all.map(({ object }) => object);
  for (const [index, part] of parts.entries())
    verdicts[index]?.findings.push(...changedCharts(part), ...lostSource(part, objects));
  return verdicts;
}

/** A chart whose files are others now than when it was evaluated: this is asked at the end of a run, so what was installed may be either. */
function changedCharts({ chart, release, namespace }: Part): Finding[] {
  if (chart === undefined || !hasChanged(chart, chart.root)) return [];
  const { id: rule, severity } = releaseRenders;
  const object = release ?? { apiVersion: "helm.sh/v3", kind: "Release", name: basename(chart.path), namespace };
  const got = "files that changed after they were evaluated";
  const fix =
    "let nothing write to the chart during a run, and run again: what was installed may not be what was evaluated";
  return [
    {
      rule,
      severity,
      object,
      containers: [],
      field: "chart",
      got,
      want: "as it was evaluated",
      fix,
      outcome: "undetermined",
    },
  ];
}

/** What is wrong with where a chart is fetched from, once everything that is deployed together is known. */
function lostSource({ fetched }: Part, objects: readonly JsonObject[]): Finding[] {
  if (fetched === undefined) return [];
  const { from, by, digest } = fetched;
  const found = objects.find((object) => {
    const { namespace, name } = refOf(object);
    const isSource = isKind(object, "source.toolkit.fluxcd.io", "OCIRepository");
    return isSource && namespace === from.namespace && name === from.name;
  });
  if (found !== undefined && deliveryOf(found)?.pin?.digest === digest) return [];
  const { id: rule, severity } = releaseRenders;
  const got = found === undefined ? "which is no object of this program" : "which pins another chart, or none";
  const where = `OCIRepository ${from.namespace}/${from.name}`;
  const fix = "declare the OCIRepository beside the HelmRelease, with the same chart";
  return [
    {
      rule,
      severity,
      object: by,
      containers: [],
      field: "spec.chartRef",
      got: `${where}, ${got}`,
      want: `an object of this program that pins ${digest}`,
      fix,
      outcome: "fail",
    },
  ];
}

/** What takes too long is a finding: the parts' own verdicts stand. */
function evaluateAcross(all: readonly Manifest[], context: EvaluationContext): Verdict {
  try {
    return evaluate(all, context);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const { id: rule, severity, fix } = releaseRenders;
    const object = refOf(all[0]?.object ?? {}, "default");
    const finding = { rule, severity, fix, object, containers: [], field: "what is deployed together" };
    const want = "what can be evaluated as a whole";
    return { findings: [{ ...finding, got: error.message, want, outcome: "undetermined" }], objects: 0, pods: 0 };
  }
}

/** The parts' own verdicts with what is to be said of all of them together. */
export function wholeVerdicts(parts: readonly Part[], context: TogetherContext): Verdict[] {
  const together = evaluateTogether(parts, context);
  return parts.map(({ verdict }, index) => {
    const { findings = [], exempted = [] } = together[index] ?? {};
    const all = [...(verdict.exempted ?? []), ...exempted];
    return { ...verdict, findings: [...verdict.findings, ...findings], ...(all.length > 0 && { exempted: all }) };
  });
}

const keyOf = ({ apiVersion, kind, namespace, name }: ReturnType<typeof refOf>): string =>
  JSON.stringify([apiVersion, kind, namespace, name]);

function withNamespace(object: JsonObject, namespace: string): JsonObject {
  const own = read(object, "metadata", "namespace");
  if (own === UNKNOWN || text(own) !== "" || isCluster(text(object, "apiVersion"), text(object, "kind"))) return object;
  return { ...object, metadata: { ...(read(object, "metadata") as JsonObject | undefined), namespace } };
}

const hasKnownPlace = ({ object }: Manifest): boolean => read(object, "metadata", "namespace") !== UNKNOWN;
