/** Chart and values → what they render to and the Verdict on it: render, parse and judge in one step, for CrossGuard and the command line. */

import { type ParsedManifest, parseManifests } from "../manifest/manifest";
import { chartLines } from "../render/chart-lines";
import { chartLookups } from "../render/chart-lookups";
import { committedValues } from "../render/chart-values";
import { type Rendered, type RenderRequest, renderChart } from "../render/render";
import type { RuleContext } from "../rules/rule";
import type { SignaturePolicy } from "../signatures/signature-policy";
import { signaturesOf } from "../signatures/verify-images";
import { type JudgeContext, judge } from "./evaluate";
import type { Part } from "./together";

/** A chart's verdict and what it rests on. */
export interface JudgedChart extends Part {
  readonly manifests: readonly ParsedManifest[];
  /** The rendered text. */
  readonly text: string;
}

/** The circumstances a chart is judged in. */
export interface ChartContext
  extends Omit<RuleContext, "namespace" | "values" | "queries" | "signatures">,
    Pick<JudgeContext, "only"> {
  /** Who must have signed the images. @default nobody asks */
  readonly signaturePolicy?: SignaturePolicy;
}

const known = new WeakMap<Rendered, readonly ParsedManifest[]>();

/** The objects of a rendered chart, read once: a release is judged again and again as its neighbours change. */
function manifestsOf(rendered: Rendered): readonly ParsedManifest[] {
  const manifests = known.get(rendered) ?? parseManifests(rendered.text);
  known.set(rendered, manifests);
  return manifests;
}

/** Renders the chart and judges every object, its own values files and the values it was given.
 *  Throws a RenderError, a ManifestError or NothingToJudge: a chart that cannot be judged never passes. */
export async function judgeChart(request: RenderRequest, context: ChartContext): Promise<JudgedChart> {
  const { chart, name, namespace, values } = request;
  const rendered = await renderChart(request);
  const { text, files } = rendered;
  const manifests = manifestsOf(rendered);
  const release = { apiVersion: "helm.sh/v3", kind: "Release", name, namespace };
  const sources = [{ name: "values", object: release, tree: values }, ...committedValues(chart, files, release)];
  const { kubeVersion = context.kubeVersion } = request;
  const here = { ...context, namespace, ...(kubeVersion !== undefined && { kubeVersion }) };
  const signatures = await signaturesOf(manifests, context.signaturePolicy, context.settings?.podKinds);
  const lineOf = chartLines(chart, text);
  const queries = chartLookups(chart).map((place) => ({ object: release, ...place }));
  const verdict = judge(manifests, { ...here, ...signatures, values: sources, queries, lineOf });
  return { verdict, manifests, namespace, lineOf, text };
}
