import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { textLines } from "../policy/render/chart-lines";
import { judge, NothingToJudge } from "../policy/judge/evaluate";
import { unusedInRun } from "../policy/settings/exemptions";
import { ManifestError, parseManifests } from "../policy/manifest/manifest";
import type { PackConfig } from "../policy/settings/pack-config";
import { RenderError } from "../policy/render/render-error";
import { exitCodeOf, type JudgedUnit, type Report, sentence, type Unjudged } from "../policy/report/report";
import type { Profile } from "../policy/rules/rule";
import { readValues, releaseNameOf, type StateResource, type Target, targetsOf } from "./check-targets";
import { projectName, projectRoot } from "./project";

/** What anything but a stack is judged by; a stack brings its own. */
export interface JudgeOptions {
  readonly values: readonly string[];
  readonly namespace: string;
  readonly profile: Profile;
  readonly podSecurity: string;
  readonly kubernetes: string;
  /** Judge by Pod Security alone. @default all rules */
  readonly only?: "pod-security";
}

/** What a person may say to `hardened check`. */
export interface CheckOptions extends JudgeOptions {
  readonly format: string;
  readonly output?: string;
}

// Here and below: what only some runs need is loaded when they do, as one object is judged in less time than all of it takes to load.
const formats: Readonly<Record<string, (report: Report) => string>> = {
  human,
  json: (report) => (require("../policy/report/json") as typeof import("../policy/report/json")).formatJson(report),
  markdown: (report) =>
    (require("../policy/report/markdown") as typeof import("../policy/report/markdown")).formatMarkdown(report),
  sarif: (report) =>
    (require("../policy/report/sarif") as typeof import("../policy/report/sarif")).formatSarif(report, {
      version: "0.1.0",
      pathOf: (finding, unit) => pathOf(finding.file, unit),
    }),
  junit: (report) => (require("../policy/report/junit") as typeof import("../policy/report/junit")).formatJunit(report),
  openreports: (report) =>
    (require("../policy/report/openreports") as typeof import("../policy/report/openreports")).formatOpenReports(
      report,
    ),
  html: (report) => (require("../policy/report/html") as typeof import("../policy/report/html")).formatHtml(report),
};
/** `mailroom/templates/x.yaml` as Helm names it → where it lies in the repository. */
const pathOf = (file: string | undefined, unit: string): string =>
  file ? (/^[\w.-]+\/(templates|charts|crds)\//.test(file) ? `charts/${file}` : file) : unit;

function human(report: Report): string {
  const { formatHuman } = require("../policy/report/human") as typeof import("../policy/report/human");
  const color = process.stdout.isTTY === true;
  const parts = report.units
    .filter(({ verdict }) => verdict.findings.length + (verdict.exempted?.length ?? 0) > 0)
    .map(({ name, verdict }) => `${name}\n${formatHuman(verdict, { profile: report.profile, color })}`);
  const lost = report.unjudged.map(({ name, reason }) => `${name} could not be judged: ${reason}\n`);
  return `${[...parts, ...lost].join("\n")}${sentence(report)}\n`;
}

/** Words for what kept a target from being judged; anything else is a bug and is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof RenderError)
    return `${error.message}${error.file ? ` (${error.file}${error.line ? `:${error.line}` : ""})` : ""}`;
  if (error instanceof ManifestError) return error.problems.join("; ");
  if (error instanceof NothingToJudge) return error.message;
  throw error;
}

interface Judged {
  /** A stack brings its own. */
  readonly profile?: Profile;
  readonly units: JudgedUnit[];
  readonly unjudged: Unjudged[];
}

async function judgeResources(
  resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[],
  config: PackConfig,
): Promise<Judged> {
  const { judgeResource } = require("../policy/judge/judge-resource") as typeof import("../policy/judge/judge-resource");
  const units: JudgedUnit[] = [];
  const unjudged: Unjudged[] = [];
  for (const { type, name, inputs } of resources) {
    const verdict = await judgeResource(type, inputs, config);
    const refused = verdict.objects === 0 ? verdict.findings : [];
    if (refused.length > 0) unjudged.push(...refused.map(({ field, got }) => ({ name, reason: `${field}: ${got}` })));
    else if (verdict.objects > 0) units.push({ name: `${name} (${type.split(":").at(-1)})`, verdict });
  }
  return { units, unjudged };
}

const fromState = (resources: readonly StateResource[]) =>
  resources
    .filter((one) => one.delete !== true)
    .map(({ type, urn, inputs }) => ({ type, name: urn.split("::").at(-1) ?? urn, inputs: inputs ?? {} }));

/** @param alone whether the target is all there is: several files may refer to each other */
/** Helm, for charts. */
function useTools(): void {
  const { stackEnvironment } = require("./stack-environment") as typeof import("./stack-environment");
  Object.assign(process.env, stackEnvironment());
}

async function judgeTarget(target: Target, options: JudgeOptions, alone: boolean): Promise<Judged> {
  const podSecurity = { level: "restricted" as const, version: options.podSecurity };
  const context = { profile: options.profile, podSecurity, ...(options.only && { only: options.only }) };
  if (target.kind !== "manifests") useTools();
  const pack: PackConfig = { ...context, kubeVersion: options.kubernetes, projectRoot, mistakes: [] };
  if (target.kind === "stack") {
    const { collect } = require("./collect") as typeof import("./collect");
    const { isObject, isRelease } = require("./render") as typeof import("./render");
    const { packConfig } = require("../policy/settings/pack-config") as typeof import("../policy/settings/pack-config");
    const { readStackFile } = require("./stack-file") as typeof import("./stack-file");
    const { config, resources } = await collect(target.name);
    // What the engine would tell the pack: the stack's whole configuration, exemptions and all.
    const settings = packConfig(readStackFile(target.name).document.config ?? {}, projectName, projectRoot);
    const judged = { ...settings, now: new Date(), ...(options.only && { only: options.only }) };
    const wanted = resources.filter((one) => isRelease(one) || isObject(one));
    const { units, unjudged } = await judgeResources(wanted, judged);
    const verdicts = units.map(({ verdict }) => verdict);
    const unused = { findings: unusedInRun(judged, verdicts, target.name), objects: 0, pods: 0 };
    return { profile: config.environment, units: [...units, { name: "policy.exemptions", verdict: unused }], unjudged };
  }
  if (target.kind === "state") return judgeResources(fromState(target.resources), pack);
  const { namespace } = options;
  const name = target.kind === "chart" ? relative(process.cwd(), target.folder) || "." : target.file;
  try {
    if (target.kind === "manifests") {
      const here = { ...context, namespace, kubeVersion: options.kubernetes, scope: alone ? "whole" : "part" } as const;
      const lines = { lineOf: textLines(target.text) };
      const verdict = judge(parseManifests(target.text, target.file), { ...here, ...lines });
      return { units: [{ name, verdict }], unjudged: [] };
    }
    const request = {
      chart: target.folder,
      name: releaseNameOf(target.folder),
      namespace,
      values: readValues(options.values),
      kubeVersion: options.kubernetes,
    };
    const { judgeChart } = require("../policy/judge/judge-chart") as typeof import("../policy/judge/judge-chart");
    const { verdict } = await judgeChart(request, context);
    return { units: [{ name, verdict }], unjudged: [] };
  } catch (error) {
    return { units: [], unjudged: [{ name, reason: reasonOf(error) }] };
  }
}

/** Judges targets, one after the other: collecting a stack uses the SDK's global state. */
export async function reportOf(targets: readonly Target[], title: string, options: JudgeOptions): Promise<Report> {
  const results: Judged[] = [];
  for (const target of targets) results.push(await judgeTarget(target, options, targets.length === 1));
  return {
    target: title,
    profile: results.find((one) => one.profile)?.profile ?? options.profile,
    units: results.flatMap(({ units }) => units),
    unjudged: results.flatMap(({ unjudged }) => unjudged),
  };
}

/** Judges stacks, charts, manifests or state and writes the report. Gives 0 clean, 1 violations, 2 when something could not be judged. */
export async function check(args: readonly string[], options: CheckOptions): Promise<0 | 1 | 2> {
  const report = await reportOf(targetsOf(args, projectRoot), args.join(", ") || "dev", options);
  const text = (formats[options.format] as (report: Report) => string)(report);
  if (options.output) writeFileSync(options.output, text);
  else process.stdout.write(text);
  return exitCodeOf(report);
}
