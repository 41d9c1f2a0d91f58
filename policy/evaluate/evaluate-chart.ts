/** Chart and values → what they render to and the Verdict on it: render, read and evaluate in one step, for CrossGuard and the command line. */
import type { Finding, ObjectRef, TextSlip, Verdict } from "../contract";
import { manifestsOf, type ReadText } from "../manifest/documents";
import { ManifestError, type ParsedManifest } from "../manifest/manifest";
import { type Alternatives, alternativesOf, type Exploring, timeToExplore } from "../render/alternatives";
import { chartLines } from "../render/chart-lines";
import { type Rendered, type Rendering, type RenderRequest, renderChart } from "../render/render";
import type { ClusterQuery, RuleContext, ValuesSource } from "../rules/rule";
import type { SignaturePolicy } from "../signatures/signature-policy";
import { signaturesOf } from "../signatures/verify-images";
import { type EvaluationContext, evaluate } from "./evaluate";
import { neverExempt } from "./exemptions";
import type { Part } from "./together";

/** A chart's verdict and what it rests on. */
export interface EvaluatedChart extends Part {
  readonly manifests: readonly ParsedManifest[];
  /** The rendered text. */
  readonly text: string;
}

/** What is to be evaluated: a chart, and how sure its circumstances are. */
export interface ChartRequest extends RenderRequest, Exploring {}

/** The circumstances a chart is evaluated in. */
export interface ChartContext
  extends Omit<RuleContext, "namespace" | "values" | "queries" | "signatures" | "slips">,
    Pick<EvaluationContext, "only"> {
  /** Who must have signed the images. @default signatures are not asked for */
  readonly signaturePolicy?: SignaturePolicy;
}

const known = new WeakMap<Rendering, ReadText>();

/** The objects of a rendered chart, gathered once: a release is evaluated again and again as its neighbours change. */
function readOnce(rendering: Rendering): ReadText {
  const read = known.get(rendering) ?? manifestsOf(rendering.documents);
  known.set(rendering, read);
  return read;
}

/** Renders the chart and evaluates every object, its values files and the values it was given. What an upgrade brings is evaluated too, and what it renders to
 *  where the cluster serves an API it asks for: before a deployment it is not known which of them it will be. The objects and the text are those of an install.
 *  Throws a RenderError, a ManifestError or NothingToEvaluate: a chart that cannot be evaluated never passes. */
export async function evaluateChart(request: ChartRequest, context: ChartContext): Promise<EvaluatedChart> {
  const { chart, name, namespace } = request;
  const rendered = await renderChart(request);
  const { manifests, slips } = readOnce(rendered);
  const release = { apiVersion: "helm.sh/v3", kind: "Release", name, namespace };
  const { hasTime = timeToExplore() } = request;
  const alternatives = await alternativesOf({ ...request, hasTime }, rendered);
  const upgrade = upgradeOf(rendered);
  const queries = queriesOf(rendered, alternatives, upgrade.problem);
  const about = {
    values: valuesOf(request, rendered, release),
    slips: slipsOf(rendered, [...slips, ...(upgrade.read?.slips ?? [])]).map((slip) => ({ object: release, ...slip })),
  };
  const kubeVersion = request.kubeVersion ?? context.kubeVersion;
  const here = { ...context, namespace, kubeVersion };
  type Serving = Pick<RenderRequest, "apiVersions" | "served">;
  const verdictOn = async (
    objects: readonly ParsedManifest[],
    rendering: Rendering,
    on: Serving & Partial<RuleContext> = {},
    allowEmpty = true,
  ) => {
    const signatures = await signaturesOf(objects, context.signaturePolicy, context.settings?.podKinds);
    const lineOf = chartLines(chart, rendering.text, rendering.documents);
    return evaluate(objects, { ...here, ...on, ...signatures, lineOf, allowEmpty });
  };
  const others: { verdict: Verdict; where: string }[] = [];
  if (upgrade.read !== undefined && rendered.upgrade !== undefined)
    others.push({ verdict: await verdictOn(upgrade.read.manifests, rendered.upgrade), where: "" });
  for (const { where, rendering, ...serving } of alternatives.found) {
    if (hasTime())
      others.push({
        verdict: await verdictOn(readOnce(rendering).manifests, rendering, serving),
        where: ` where ${where}`,
      });
    else queries.push({ got: `what it renders to where ${where}, for which there was no time` });
  }
  const asked = queries.map((query) => ({ object: release, ...query }));
  const verdict = await verdictOn(manifests, rendered, { ...about, queries: asked }, false);
  const said = withMore(verdict, others);
  const declared = [...rendered.declared, ...alternatives.declared, ...(said.declared ?? [])];
  return {
    verdict: { ...said, ...(declared.length > 0 && { declared }) },
    manifests,
    namespace,
    chart: { path: chart, digest: rendered.chartDigest, ...(request.root !== undefined && { root: request.root }) },
    lineOf: chartLines(chart, rendered.text, rendered.documents),
    text: rendered.text,
  };
}

/** The objects of an upgrade, or why they cannot be read. */
function upgradeOf({ upgrade, upgradeProblem }: Rendered): { readonly read?: ReadText; readonly problem?: string } {
  if (upgrade === undefined) return upgradeProblem === undefined ? {} : { problem: upgradeProblem };
  try {
    return { read: readOnce(upgrade) };
  } catch (error) {
    if (error instanceof ManifestError) return { problem: error.problems.join("; ") };
    throw error;
  }
}

function valuesOf({ values }: RenderRequest, { values: files }: Rendered, object: ObjectRef): ValuesSource[] {
  const committed = files.map(({ name, text, tree }) => ({ name, object, tree: tree ?? null, text }));
  return [{ name: "values", object, tree: values }, ...committed];
}

function slipsOf({ values }: Rendered, rendered: readonly TextSlip[]): TextSlip[] {
  const inValues = values.flatMap(({ name, slips = [] }) => slips.map((slip) => ({ ...slip, file: name })));
  // The line of what a template renders to is no line of the template.
  return [...inValues, ...rendered.map((slip) => ({ ...slip, line: 0 }))];
}

function queriesOf(
  { lookups, asks }: Rendered,
  { unexplored, problems, ...only }: Alternatives,
  upgradeProblem: string | undefined,
): Omit<ClusterQuery, "object">[] {
  return [
    ...[...lookups, ...only.lookups].map(({ file, line }) => ({ ...(file !== undefined && { file, line }) })),
    ...[...asks, ...only.asks].map((what) => ({ got: `a question for ${what}, evaluated for one answer only` })),
    ...(unexplored.length > 0
      ? [
          {
            got: `questions for ${unexplored.length} APIs, evaluated for some of the answers only (${unexplored.join(", ")})`,
          },
        ]
      : []),
    ...(upgradeProblem === undefined
      ? []
      : [{ got: `an upgrade that does not render without the objects of the cluster: ${upgradeProblem}` }]),
    ...problems.map((got) => ({ got })),
  ];
}

/** A verdict with what only other renderings break, each told once, of the first that breaks it. Whether exemptions are needed is said of the first.
 *  `where` is appended to what was found. */
function withMore(first: Verdict, others: readonly { readonly verdict: Verdict; readonly where: string }[]): Verdict {
  const keyOf = ({ line: _, ...finding }: Finding): string => JSON.stringify(finding);
  const findings = [...first.findings];
  const exempted = [...(first.exempted ?? [])];
  const known = new Set(findings.map(keyOf));
  const shown = new Set(exempted.map(({ finding }) => keyOf(finding)));
  for (const { verdict, where } of others) {
    const placed = (finding: Finding): Finding => ({ ...finding, got: `${finding.got}${where}` });
    for (const one of verdict.findings) {
      if (known.has(keyOf(one)) || aboutExemptions.includes(one.rule)) continue;
      known.add(keyOf(one));
      findings.push(placed(one));
    }
    for (const one of verdict.exempted ?? []) {
      if (shown.has(keyOf(one.finding))) continue;
      shown.add(keyOf(one.finding));
      exempted.push({ ...one, finding: placed(one.finding) });
    }
  }
  const declared = new Map(
    [first, ...others.map(({ verdict }) => verdict)].flatMap((one) =>
      (one.declared ?? []).map((reason) => [JSON.stringify(reason), reason] as const),
    ),
  );
  return {
    ...first,
    findings,
    ...(exempted.length > 0 && { exempted }),
    ...(declared.size > 0 && { declared: [...declared.values()] }),
  };
}

const aboutExemptions = neverExempt.filter((rule) => rule.startsWith("exemption-"));
