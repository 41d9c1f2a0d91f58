import { createHash } from "node:crypto";
import type { Stack } from "@pulumi/pulumi/automation";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import { runHelm } from "../../cluster/run-helm";
import type { Evidence } from "../../components/evidence";
import { projectName, projectRoot } from "../../config/project";
import { tool } from "../../config/version";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { packConfig } from "../../policy/evaluate/pack-config";
import { table } from "../../process/table";
import { type ReleaseInputs, releasesOf } from "../stack/release-inputs";
import { readStackFile } from "../stack/stack-file";
import { openStack } from "../stack/workspace";
import { collect } from "../validation/collect";
import { reasonOf } from "../validation/evaluate-targets";
import { renderRequest } from "../validation/render";
import { clusterOf, commitOfCheckout, evidenceFolder, readIndex, shown, storeEvidence } from "./evidence";
import { type ChartCheck, complianceGate, docsGate, drillGate, type Gate, lintGate, relaxedSettings } from "./gates";
import { readTargets, targetsFile } from "./security-targets";

/** Options of `hardened ready`. */
export interface ReadyOptions {
  readonly stack: string;
  /** Days after which evidence is too old. */
  readonly maxAge: number;
  readonly targets?: string;
  readonly evidence?: string;
}

/** The four gates and the overall result. */
export interface Readiness {
  readonly stack: string;
  readonly ready: boolean;
  readonly gates: readonly Gate[];
  readonly folder: string;
}

/** Lines of helm lint that count: warnings and errors; INFO is advice, such as a missing icon. */
const lintProblems = (words: string): string[] =>
  words.split("\n").flatMap((line) => (/^\[(WARNING|ERROR)\]/.test(line) ? [`helm lint: ${line.trim()}`] : []));

/** The policy pack's settings of a stack. */
const packOf = (stack: string) => packConfig(readStackFile(stack).document.config ?? {}, projectName, projectRoot);

interface Checked {
  readonly check: ChartCheck;
  /** Digest of the rendered text. */
  readonly sha256?: string;
}

async function checkRelease(
  inputs: ReleaseInputs,
  stack: string,
  config: Awaited<ReturnType<typeof collect>>["config"],
): Promise<Checked> {
  const name = `${inputs.namespace}/${inputs.name}`;
  const request = renderRequest(inputs, config);
  const { stdout, stderr, code } = await runHelm(
    ["lint", "--strict", request.chart, "--values", "-"],
    JSON.stringify(inputs.values),
  );
  const lint = lintProblems(stdout);
  if (code !== 0 && lint.length === 0) lint.push(`helm lint failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  const about = { release: name, chart: inputs.chart, lint };
  const pack = { ...packOf(stack), now: new Date() };
  try {
    const { verdict, text } = await evaluateChart(request, pack);
    const violations = blocking(verdict, config.environment).map(
      ({ rule, object, field }) => `${rule}: ${object.kind} ${object.name} ${field}`,
    );
    return { check: { ...about, violations }, sha256: createHash("sha256").update(text).digest("hex") };
  } catch (error) {
    return { check: { ...about, violations: [`could not be evaluated: ${reasonOf(error)}`] } };
  }
}

/** Evidence in the stack's outputs; null when it was never deployed or its state cannot be read. */
async function deployedEvidence(name: string): Promise<Evidence[] | null> {
  let stack: Stack;
  try {
    stack = await openStack(name);
  } catch {
    return null;
  }
  const outputs = Object.values(await stack.outputs()).map(({ value }) => value as { evidence?: Evidence } | undefined);
  return outputs.length === 0 ? null : outputs.flatMap((output) => output?.evidence ?? []);
}

/**
 * Evaluates the four gates of a stack.
 * @param outdated generated documents that are outdated
 */
export async function ready(options: ReadyOptions, outdated: () => readonly string[]): Promise<Readiness> {
  const { stack } = options;
  const folder = evidenceFolder(stack, options.evidence);
  const targets = readTargets(options.targets);
  const { config, resources } = await collect(stack);
  const releases = resources.flatMap(releasesOf);
  const checked: Checked[] = [];
  for (const inputs of releases) checked.push(await checkRelease(inputs, stack, config));
  const checks = checked.map(({ check }) => check);
  const rendered = new Map(
    checked.flatMap(({ check, sha256 }) => (sha256 === undefined ? [] : [[check.release, sha256] as const])),
  );
  const cluster = await clusterOf(new VerifiedCluster(config.cluster, 2));
  const now = new Date();
  const passed = checks.every(({ lint, violations }) => lint.length + violations.length === 0);
  const stored = storeEvidence(folder, {
    kind: "checks",
    time: now.toISOString(),
    subject: `helm lint and policy pack on ${checks.length} releases`,
    stack,
    chart: [...new Set(checks.map(({ chart }) => chart))].join(", "),
    commit: commitOfCheckout(),
    cluster,
    tool,
    verdict: passed ? "passed" : "failed",
    releases: checks,
  });
  const supplyChain = {
    environment: config.environment,
    maxAgeHours: packOf(stack).settings?.scans?.maxAgeHours,
    signatures: config.imageSignatures?.images,
  };
  const index = readIndex(folder);
  const uid = cluster.uid === "unknown" ? config.cluster.uid : cluster.uid;
  const looking = { stack, context: cluster.context, uid, now, maxAgeDays: options.maxAge };
  const here = (gate: Gate): Gate => ({
    ...gate,
    evidence: gate.evidence.map((file) => shown(file.includes("/") ? file : `${folder}/${file}`)),
  });
  const gates = [
    lintGate(checks, await deployedEvidence(stack), rendered, stored, relaxedSettings(supplyChain)),
    complianceGate(index, looking),
    drillGate(index, looking),
    docsGate(targets, outdated(), targetsFile(options.targets)),
  ].map(here);
  return { stack, ready: gates.every((gate) => gate.passed), gates, folder: shown(folder) };
}

/** A line for each gate, then the reasons why gates are open. */
export function formatReady({ stack, ready: is, gates }: Readiness): string {
  const rows = gates.map(({ gate, passed, evidence }, index) => [
    String(index + 1),
    gate,
    passed ? "pass" : "open",
    evidence.join(", ") || "-",
  ]);
  const open = gates.filter((gate) => !gate.passed);
  return [
    table(["GATE", "WHAT", "STATE", "EVIDENCE"], rows),
    ...open.flatMap(({ gate, open: reasons }) => [`\n${gate}:`, ...reasons.map((reason) => `  ${reason}`)]),
    is
      ? `\nstack ${stack} is ready`
      : `\nstack ${stack} is not ready: ${open.length} of ${gates.length} gates are open`,
  ].join("\n");
}
