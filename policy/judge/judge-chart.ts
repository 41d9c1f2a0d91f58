/** Chart and values → what they render to and the Verdict on it: render, parse and judge in one step, for CrossGuard and the command line. */

import type { Finding, Verdict } from "../contract";
import { type ParsedManifest, parseManifests } from "../manifest/manifest";
import { chartLines } from "../render/chart-lines";
import { chartLookups } from "../render/chart-lookups";
import { asksForUpgrade } from "../render/chart-upgrade";
import { committedValues } from "../render/chart-values";
import { type Rendered, type RenderRequest, renderChart } from "../render/render";
import type { RuleContext } from "../rules/rule";
import { neverExempt } from "../settings/exemptions";
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

/** Renders the chart and judges every object, its own values files and the values it was given; where an upgrade would bring something else than a first
 *  install, what that brings too: nobody knows before a deployment which of both it will be. The objects and the text are those of an install.
 *  Throws a RenderError, a ManifestError or NothingToJudge: a chart that cannot be judged never passes. */
export async function judgeChart(request: RenderRequest, context: ChartContext): Promise<JudgedChart> {
  const { chart, name, namespace, values } = request;
  const rendered = await renderChart(request);
  const { text, files, chartDigest: digest } = rendered;
  const manifests = manifestsOf(rendered);
  const release = { apiVersion: "helm.sh/v3", kind: "Release", name, namespace };
  const sources = [{ name: "values", object: release, tree: values }, ...committedValues(chart, files, release)];
  const { kubeVersion = context.kubeVersion } = request;
  const here = { ...context, namespace, ...(kubeVersion !== undefined && { kubeVersion }) };
  const queries = chartLookups(chart).map((place) => ({ object: release, ...place }));
  const verdictOn = async (objects: readonly ParsedManifest[], lineOf: JudgeContext["lineOf"], allowEmpty: boolean) => {
    const signatures = await signaturesOf(objects, context.signaturePolicy, context.settings?.podKinds);
    return judge(objects, { ...here, ...signatures, values: sources, queries, ...(lineOf && { lineOf }), allowEmpty });
  };
  const lineOf = chartLines(chart, text);
  let verdict = await verdictOn(manifests, lineOf, false);
  if (asksForUpgrade({ path: chart, digest, files }, values)) {
    const upgraded = await renderChart({ ...request, upgrade: true });
    if (upgraded.text !== text) {
      const more = await verdictOn(manifestsOf(upgraded), chartLines(chart, upgraded.text), true);
      verdict = withUpgrade(verdict, more);
    }
  }
  return { verdict, manifests, namespace, lineOf, text };
}

/** The verdict on an install with what only an upgrade breaks. Whether exemptions are needed is said of the install. */
function withUpgrade(install: Verdict, upgrade: Verdict): Verdict {
  const keyOf = ({ line: _, ...finding }: Finding): string => JSON.stringify(finding);
  const known = new Set(install.findings.map(keyOf));
  const findings = upgrade.findings.filter((one) => !known.has(keyOf(one)) && !aboutExemptions.includes(one.rule));
  const shown = new Set((install.exempted ?? []).map(({ finding }) => keyOf(finding)));
  const exempted = [
    ...(install.exempted ?? []),
    ...(upgrade.exempted ?? []).filter(({ finding }) => !shown.has(keyOf(finding))),
  ];
  return { ...install, findings: [...install.findings, ...findings], ...(exempted.length > 0 && { exempted }) };
}

const aboutExemptions = neverExempt.filter((rule) => rule.startsWith("exemption-"));
