import { isAbsolute, join, relative } from "node:path";
import { projectName, projectRoot } from "../../config/project";
import type { Finding } from "../../policy/contract";
import { evaluate, NothingToEvaluate } from "../../policy/evaluate/evaluate";
import type { PackConfig } from "../../policy/evaluate/pack-config";
import type { Part } from "../../policy/evaluate/together";
import { ManifestError } from "../../policy/manifest/manifest";
import { textLines } from "../../policy/render/chart-lines";
import { readManifests } from "../../policy/render/read-files";
import { RenderError } from "../../policy/render/render-error";
import type { EvaluatedUnit, Report, Unjudged } from "../../policy/report/report";
import type { Profile } from "../../policy/rules/rule";
import { UserError } from "../../process/user-error";
import { readValues, releaseNameOf, type Target } from "./check-targets";
import { type StateResource, whyUnread } from "./state-resources";

/** Settings for the evaluation of targets other than stacks; a stack has its own. */
export interface EvaluationOptions {
  readonly values: readonly string[];
  /** Namespace of a chart's release and of objects without one. @default unknown, see `notGiven` */
  readonly namespace?: string;
  readonly profile: Profile;
  readonly podSecurity: string;
  readonly kubernetes: string;
  /** Stack whose settings apply instead of the three above, with its images, scans, signatures and exemptions. @default none */
  readonly like?: string;
  /** Evaluate by Pod Security alone. @default all rules */
  readonly only?: "pod-security";
}

/** Why a target could not be evaluated. Rethrows a UserError. */
export function reasonOf(error: unknown): string {
  if (error instanceof RenderError)
    return `${error.message}${error.file ? ` (${error.file}${error.line ? `:${error.line}` : ""})` : ""}`;
  if (error instanceof ManifestError) return error.problems.join("; ");
  if (error instanceof NothingToEvaluate) return error.message;
  if (error instanceof UserError) throw error;
  // A bug of the pack: its message may contain a value, so only its type is shown. The other targets are still evaluated.
  return `an error of the policy pack itself (${error instanceof Error ? error.name : typeof error}); report it with what causes it`;
}

interface NamedPart extends Part, Pick<EvaluatedUnit, "name" | "source"> {}

/** Targets that are deployed together, with their separate verdicts. */
interface Gathered {
  readonly parts: NamedPart[];
  readonly unjudged: Unjudged[];
  /** Files without an object, such as one whose content is commented out: kubectl accepts them too. */
  readonly empty: string[];
}

type Evaluated = Pick<Report, "units" | "unjudged" | "empty">;

// Here and below: modules that only some runs need are loaded lazily, as loading all of them takes longer than evaluating one object.

/** Evaluates the rules that compare objects with each other. */
async function evaluatedTogether({ parts, unjudged, empty }: Gathered, context: PackConfig): Promise<Evaluated> {
  const { wholeVerdicts } = await import("../../policy/evaluate/together");
  const unseen = unjudged.map((): Part => ({ verdict: none, manifests: [], namespace: "default", incomplete: true }));
  const { only, ...rest } = context;
  const verdicts = only ? parts.map(({ verdict }) => verdict) : wholeVerdicts([...parts, ...unseen], rest);
  const { profile } = context;
  const units = parts.map(({ name, source }, index) => ({
    name,
    profile,
    ...(source && { source }),
    verdict: verdicts[index] ?? none,
  }));
  return { units: units.filter(({ verdict }) => verdict.objects > 0), unjudged, empty };
}

const none = { findings: [], objects: 0, pods: 0 };

type Given = Pick<StateResource, "type" | "name" | "inputs"> & Partial<StateResource>;

/** Adds to the findings of a state why an input is unknown. */
const withReason = (finding: Finding, unread: StateResource["unread"] = new Map()): Finding =>
  finding.got === "a value unknown until deployment"
    ? { ...finding, got: whyUnread(unread, finding.field) ?? finding.got }
    : finding;

/** Evaluates resources one by one. `file`: where the objects of the program itself are defined, if known. */
async function gatherResources(resources: readonly Given[], config: PackConfig, file: string): Promise<Gathered> {
  const { evaluateResource } = await import("../../policy/evaluate/evaluate-resource");
  const gathered: Gathered = { parts: [], unjudged: [], empty: [] };
  for (const { type, name, inputs, unread } of resources) {
    const evaluated = await evaluateResource(type, inputs, config, name);
    const findings = evaluated.verdict.findings.map((finding) => withReason(finding, unread));
    const part = { ...evaluated, verdict: { ...evaluated.verdict, findings } };
    const { objects } = part.verdict;
    const chart =
      typeof inputs.chart === "string" && !isAbsolute(inputs.chart) ? join(projectRoot, inputs.chart) : inputs.chart;
    const source = typeof chart === "string" ? { chart: relative(process.cwd(), chart) } : { file };
    if (objects > 0 || findings.length === 0)
      gathered.parts.push({ name: `${name} (${type.split(":").at(-1)})`, source, ...part });
    else gathered.unjudged.push(...findings.map(({ field, got }) => ({ name, reason: `${field}: ${got}` })));
  }
  return gathered;
}

/** Settings of the pack for a stack, as the engine passes them: the whole configuration, exemptions included. */
async function settingsOf(stack: string): Promise<PackConfig> {
  const { packConfig } = await import("../../policy/evaluate/pack-config");
  const { readStackFile } = await import("../stack/stack-file");
  const settings = packConfig(readStackFile(stack).document.config ?? {}, projectName, projectRoot);
  const { mistakes } = settings;
  // Otherwise objects would silently be evaluated without the invalid part.
  if (mistakes.length > 0)
    throw new UserError(`Pulumi.${stack}.yaml:\n${mistakes.map((line) => `  ${line}`).join("\n")}`, 2);
  return { now: new Date(), ...settings };
}

/** Settings of the pack for targets other than stacks. */
async function settingsFrom({ like, profile, podSecurity, kubernetes, only }: EvaluationOptions): Promise<PackConfig> {
  if (like !== undefined) return { ...(await settingsOf(like)), ...(only && { only }) };
  const level = { level: "restricted" as const, version: podSecurity };
  return { profile, podSecurity: level, ...(only && { only }), kubeVersion: kubernetes, projectRoot, mistakes: [] };
}

const onlyAtPreview = "its objects are only known to the engine; pulumi preview with the policy pack evaluates them";

async function evaluateStack(stack: string, { only }: EvaluationOptions): Promise<Evaluated> {
  const { collect } = await import("./collect");
  const { isComponent, isEvaluated } = await import("../../policy/evaluate/resource-type");
  const { unusedInRun } = await import("../../policy/evaluate/exemptions");
  const { resources } = await collect(stack);
  const settings = { ...(await settingsOf(stack)), ...(only && { only }) };
  const wanted = resources.filter(({ type }) => isEvaluated(type));
  const file = relative(process.cwd(), join(projectRoot, `Pulumi.${stack}.yaml`));
  const gathered = await gatherResources(wanted, settings, file);
  const unseen = resources.filter(({ type }) => isComponent(type));
  gathered.unjudged.push(...unseen.map(({ name, type }) => ({ name, reason: `${type}: ${onlyAtPreview}` })));
  const { units, unjudged } = await evaluatedTogether(gathered, settings);
  const verdicts = units.map(({ verdict }) => verdict);
  const unused = { ...none, findings: unusedInRun(settings, verdicts, stack) };
  const { profile } = settings;
  return { units: [...units, { name: "policy.exemptions", profile, source: { file }, verdict: unused }], unjudged };
}

/** Evaluates a state: what its stack was deployed with. Values that are secret in it stay secret. */
async function evaluateState(
  { file, state }: Extract<Target, { kind: "state" }>,
  options: EvaluationOptions,
): Promise<Evaluated> {
  const settings = await settingsFrom(options);
  const gathered = await gatherResources(state.resources, settings, file);
  const { unjudged } = gathered;
  const { units } = await evaluatedTogether(gathered, settings);
  if (units.length + unjudged.length === 0) unjudged.push({ name: file, reason: new NothingToEvaluate().message });
  const hidden = (finding: Finding): Finding => ({ ...finding, got: withoutSecrets(finding.got, state.secrets) });
  return {
    units: units.map((unit) => ({
      ...unit,
      verdict: { ...unit.verdict, findings: unit.verdict.findings.map(hidden) },
    })),
    unjudged: unjudged.map(({ name, reason }) => ({ name, reason: withoutSecrets(reason, state.secrets) })),
  };
}

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, "(secret)"), text);

/** Placeholder for the namespace where none is given: it is chosen at deployment, so it is not assumed to be "default". */
const notGiven = "namespace-not-given";

type Loose = Extract<Target, { kind: "chart" | "manifests" | "unreadable" }>;

/** Evaluates charts and manifests: targets given together are deployed together. */
async function evaluateLoose(targets: readonly Loose[], options: EvaluationOptions): Promise<Evaluated> {
  const settings = await settingsFrom(options);
  const gathered: Gathered = { parts: [], unjudged: [], empty: [] };
  for (const target of targets) {
    if (target.kind === "unreadable") {
      gathered.unjudged.push({ name: target.file, reason: target.reason });
      continue;
    }
    const name = target.kind === "chart" ? relative(process.cwd(), target.folder) || "." : target.file;
    try {
      const part = await (target.kind === "chart"
        ? chartPart(target.folder, settings, options)
        : manifestsPart(target, settings, options));
      const source = target.kind === "chart" ? { chart: name } : { file: name };
      gathered.parts.push({ name, source, ...part });
    } catch (error) {
      if (target.kind === "manifests" && error instanceof NothingToEvaluate) gathered.empty.push(name);
      else gathered.unjudged.push({ name, reason: reasonOf(error) });
    }
  }
  return evaluatedTogether(gathered, settings);
}

async function chartPart(
  folder: string,
  settings: PackConfig,
  { values, namespace = notGiven }: EvaluationOptions,
): Promise<Part> {
  const { evaluateChart } = await import("../../policy/evaluate/evaluate-chart");
  const { kubeVersion, apiVersions, only = "alone" } = settings;
  const request = {
    chart: folder,
    name: releaseNameOf(folder),
    namespace,
    values: await readValues(values),
    kubeVersion,
    ...(apiVersions && { apiVersions, certain: true }),
  };
  return evaluateChart(request, { ...settings, only });
}

async function manifestsPart(
  { file, text }: Extract<Target, { kind: "manifests" }>,
  settings: PackConfig,
  { namespace = notGiven }: EvaluationOptions,
): Promise<Part> {
  // A rendered text names the templates it came from; the lines are its own.
  const { manifests: read, slips: found, documents } = await readManifests(text, file);
  const manifests = read.map((manifest) => ({ ...manifest, file }));
  const slips = found.map((slip) => ({ ...slip, file, object: { apiVersion: "", kind: "File", name: file } }));
  const lineOf = textLines(text, documents);
  const context = { ...settings, ...(await signatures(manifests, settings)), namespace, lineOf, slips };
  return { verdict: evaluate(manifests, { ...context, only: settings.only ?? "alone" }), manifests, namespace, lineOf };
}

async function signatures(manifests: Part["manifests"], { signaturePolicy, settings }: PackConfig) {
  if (signaturePolicy === undefined) return {};
  const { signaturesOf } = await import("../../policy/signatures/verify-images");
  return signaturesOf(manifests, signaturePolicy, settings?.podKinds);
}

/** Evaluates targets, one after the other: collecting a stack uses the SDK's global state. Charts and manifests are one set, each stack and state is one.
 *  Throws a UserError for options that fit no target. */
export async function reportOf(targets: readonly Target[], title: string, options: EvaluationOptions): Promise<Report> {
  const results: (Evaluated & { readonly of?: string })[] = [];
  if (options.values.length > 0 && targets.every(({ kind }) => kind !== "chart"))
    throw new UserError("--values is for a chart folder, and none is among the targets", 2);
  for (const target of targets) {
    if (target.kind === "stack") results.push({ of: target.name, ...(await evaluateStack(target.name, options)) });
    if (target.kind === "state") results.push({ of: target.file, ...(await evaluateState(target, options)) });
  }
  const several = targets.length > 1;
  const loose = targets.filter((target): target is Loose => target.kind !== "stack" && target.kind !== "state");
  if (loose.length > 0) results.push(await evaluateLoose(loose, options));
  const named = <T extends { readonly name: string }>(one: T, of: string | undefined): T =>
    several && of !== undefined ? { ...one, name: `${of}: ${one.name}` } : one;
  const units = results.flatMap(({ units, of }) => units.map((unit) => named(unit, of)));
  const unjudged = results.flatMap(({ unjudged, of }) => unjudged.map((one) => named(one, of)));
  const empty = results.flatMap((one) => one.empty ?? []);
  const isNothing = units.length + unjudged.length === 0;
  return {
    target: title,
    profile: units[0]?.profile ?? options.profile,
    units,
    // A run that has evaluated nothing does not pass.
    unjudged: isNothing ? empty.map((name) => ({ name, reason: new NothingToEvaluate().message })) : unjudged,
    ...(!isNothing && empty.length > 0 && { empty }),
  };
}
