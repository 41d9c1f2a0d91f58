import { relative } from "node:path";
import { judge, NothingToJudge } from "../policy/judge/evaluate";
import type { Part, TogetherContext } from "../policy/judge/together";
import { ManifestError, parseManifests } from "../policy/manifest/manifest";
import { textLines } from "../policy/render/chart-lines";
import { RenderError } from "../policy/render/render-error";
import type { JudgedUnit, Report, Unjudged } from "../policy/report/report";
import type { Profile } from "../policy/rules/rule";
import type { PackConfig } from "../policy/settings/pack-config";
import { readValues, releaseNameOf, type StateResource, type Target } from "./check-targets";
import { projectName, projectRoot } from "./project";

/** What anything but a stack is judged by; a stack brings its own. */
export interface JudgeOptions {
  readonly values: readonly string[];
  readonly namespace: string;
  readonly profile: Profile;
  readonly podSecurity: string;
  readonly kubernetes: string;
  /** Stack whose settings count instead of the three above: images, scans, signatures and exemptions too. @default none */
  readonly like?: string;
  /** Judge by Pod Security alone. @default all rules */
  readonly only?: "pod-security";
}

/** Words for what kept a target from being judged; anything else is a bug and is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof RenderError)
    return `${error.message}${error.file ? ` (${error.file}${error.line ? `:${error.line}` : ""})` : ""}`;
  if (error instanceof ManifestError) return error.problems.join("; ");
  if (error instanceof NothingToJudge) return error.message;
  throw error;
}

interface NamedPart extends Part {
  readonly name: string;
}

/** Targets that are deployed together, each judged alone so far. */
interface Gathered {
  readonly parts: NamedPart[];
  readonly unjudged: Unjudged[];
}

interface Judged {
  /** A stack brings its own. */
  readonly profile?: Profile;
  readonly units: readonly JudgedUnit[];
  readonly unjudged: readonly Unjudged[];
}

// Here and below: what only some runs need is loaded when they do, as one object is judged in less time than all of it takes to load.

/** Asks the rules that look from one part to another. */
function judgedTogether({ parts, unjudged }: Gathered, context: TogetherContext & Pick<PackConfig, "only">): Judged {
  const { wholeVerdicts } = require("../policy/judge/together") as typeof import("../policy/judge/together");
  const unseen = unjudged.map((): Part => ({ verdict: none, manifests: [], namespace: "default", incomplete: true }));
  const { only, ...rest } = context;
  const verdicts = only ? parts.map(({ verdict }) => verdict) : wholeVerdicts([...parts, ...unseen], rest);
  const units = parts.map(({ name }, index) => ({ name, verdict: verdicts[index] ?? none }));
  return { units: units.filter(({ verdict }) => verdict.objects > 0), unjudged };
}

const none = { findings: [], objects: 0, pods: 0 };

async function gatherResources(
  resources: readonly { type: string; name: string; inputs: Readonly<Record<string, unknown>> }[],
  config: PackConfig,
): Promise<Gathered> {
  const { judgeResource } =
    require("../policy/judge/judge-resource") as typeof import("../policy/judge/judge-resource");
  const gathered: Gathered = { parts: [], unjudged: [] };
  for (const { type, name, inputs } of resources) {
    const part = await judgeResource(type, inputs, config);
    const { findings, objects } = part.verdict;
    if (objects > 0 || findings.length === 0)
      gathered.parts.push({ name: `${name} (${type.split(":").at(-1)})`, ...part });
    else gathered.unjudged.push(...findings.map(({ field, got }) => ({ name, reason: `${field}: ${got}` })));
  }
  return gathered;
}

const fromState = (resources: readonly StateResource[]) =>
  resources
    .filter((one) => one.delete !== true)
    .map(({ type, urn, inputs }) => ({ type, name: urn.split("::").at(-1) ?? urn, inputs: inputs ?? {} }));

/** Helm, for charts. */
function useTools(): void {
  const { stackEnvironment } = require("./stack-environment") as typeof import("./stack-environment");
  Object.assign(process.env, stackEnvironment());
}

/** What the engine would tell the pack of a stack: its whole configuration, exemptions and all. */
function settingsOf(stack: string): PackConfig {
  const { packConfig } = require("../policy/settings/pack-config") as typeof import("../policy/settings/pack-config");
  const { readStackFile } = require("./stack-file") as typeof import("./stack-file");
  const settings = packConfig(readStackFile(stack).document.config ?? {}, projectName, projectRoot);
  return { now: new Date(), ...settings };
}

/** What anything but a stack is judged by. */
function settingsFrom({ like, profile, podSecurity, kubernetes, only }: JudgeOptions): PackConfig {
  if (like !== undefined) return { ...settingsOf(like), ...(only && { only }) };
  const level = { level: "restricted" as const, version: podSecurity };
  return { profile, podSecurity: level, ...(only && { only }), kubeVersion: kubernetes, projectRoot, mistakes: [] };
}

async function judgeStack(stack: string, { only }: JudgeOptions): Promise<Judged> {
  const { collect } = require("./collect") as typeof import("./collect");
  const { isObject, isRelease } = require("./render") as typeof import("./render");
  const { unusedInRun } = require("../policy/settings/exemptions") as typeof import("../policy/settings/exemptions");
  const { config, resources } = await collect(stack);
  const settings = { ...settingsOf(stack), ...(only && { only }) };
  const wanted = resources.filter((one) => isRelease(one) || isObject(one));
  const { units, unjudged } = judgedTogether(await gatherResources(wanted, settings), settings);
  const verdicts = units.map(({ verdict }) => verdict);
  const unused = { ...none, findings: unusedInRun(settings, verdicts, stack) };
  return { profile: config.environment, units: [...units, { name: "policy.exemptions", verdict: unused }], unjudged };
}

type Loose = Extract<Target, { kind: "chart" | "manifests" }>;

/** Charts and manifests: what is given together is deployed together. */
async function judgeLoose(targets: readonly Loose[], options: JudgeOptions): Promise<Judged> {
  const settings = settingsFrom(options);
  const gathered: Gathered = { parts: [], unjudged: [] };
  for (const target of targets) {
    const name = target.kind === "chart" ? relative(process.cwd(), target.folder) || "." : target.file;
    try {
      const part = await (target.kind === "chart"
        ? chartPart(target.folder, settings, options)
        : manifestsPart(target, settings, options));
      gathered.parts.push({ name, ...part });
    } catch (error) {
      gathered.unjudged.push({ name, reason: reasonOf(error) });
    }
  }
  return { ...judgedTogether(gathered, settings), profile: settings.profile };
}

async function chartPart(folder: string, settings: PackConfig, { values, namespace }: JudgeOptions): Promise<Part> {
  const { judgeChart } = require("../policy/judge/judge-chart") as typeof import("../policy/judge/judge-chart");
  const { kubeVersion, only = "alone" } = settings;
  const request = { chart: folder, name: releaseNameOf(folder), namespace, values: readValues(values), kubeVersion };
  return judgeChart(request, { ...settings, only });
}

async function manifestsPart(
  { file, text }: Extract<Target, { kind: "manifests" }>,
  settings: PackConfig,
  { namespace }: JudgeOptions,
): Promise<Part> {
  const manifests = parseManifests(text, file);
  const lineOf = textLines(text);
  const context = { ...settings, ...(await signatures(manifests, settings)), namespace, lineOf };
  return { verdict: judge(manifests, { ...context, only: settings.only ?? "alone" }), manifests, namespace, lineOf };
}

async function signatures(manifests: Part["manifests"], { signaturePolicy }: PackConfig) {
  if (signaturePolicy === undefined) return {};
  const { signaturesOf } =
    require("../policy/signatures/verify-images") as typeof import("../policy/signatures/verify-images");
  return signaturesOf(manifests, signaturePolicy);
}

/** Judges targets, one after the other: collecting a stack uses the SDK's global state. Charts and manifests are one set, each stack and state is one. */
export async function reportOf(targets: readonly Target[], title: string, options: JudgeOptions): Promise<Report> {
  const results: Judged[] = [];
  if (targets.some(({ kind }) => kind !== "manifests")) useTools();
  for (const target of targets) {
    if (target.kind === "stack") results.push(await judgeStack(target.name, options));
    if (target.kind !== "state") continue;
    const settings = settingsFrom(options);
    results.push(judgedTogether(await gatherResources(fromState(target.resources), settings), settings));
  }
  const loose = targets.filter((target): target is Loose => target.kind === "chart" || target.kind === "manifests");
  if (loose.length > 0) results.push(await judgeLoose(loose, options));
  return {
    target: title,
    profile: results.find((one) => one.profile)?.profile ?? options.profile,
    units: results.flatMap(({ units }) => units),
    unjudged: results.flatMap(({ unjudged }) => unjudged),
  };
}
