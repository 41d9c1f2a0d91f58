import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import { projectRoot } from "../../config/project";
import type { StackConfig } from "../../config/stack-schema";
import { interruption } from "../../process/interrupt";
import type { RunAction, RunHost } from "../../process/run-events";
import { UserError } from "../../process/user-error";
import { requirementsOf } from "../../systems/registry";
import { confirmProd } from "./confirm-prod";
import { readable, withoutPods } from "./engine-messages";
import { explainPods } from "./failure";
import { type Planned, plannedIn, retryFailed } from "./gitops-retry";
import { gitOpsFailures } from "./gitops-words";
import { silentHost } from "./hosts";
import { follow, type RunReport } from "./progress";
import { refuseProtected } from "./protected-resources";
import { type ReleaseInputs, releasesOf } from "./release-inputs";
import { repairStack, stateOf } from "./repair";
import { useEnvironment } from "./stack-environment";
import { checkStackFile } from "./stack-file";
import { backendFolder, withStackLock } from "./stack-lock";
import { openStack } from "./workspace";

/** The pack as a program, which every Pulumi from 3.255 on can start without a language host. */
const policyPack = join(projectRoot, "policy", "hardened-policy");

/** A stack that is ready to preview: its file is validated. Its program runs in this process and emits its events to the host. */
async function open(name: string, host: RunHost): Promise<{ stack: Stack; config: StackConfig }> {
  const config = checkStackFile(name);
  checkImageLock(config);
  useEnvironment("stack");
  // The program that `pulumi up` runs, loaded lazily: Pulumi's SDK is slow to load.
  const { default: program } = await import("../../index");
  return { stack: Object.assign(await openStack(name, () => program(host)), unread), config };
}

/** Avoids three commands that the Automation API runs after each run, whose results are not used and which decrypt the state again. */
const unread: Pick<Stack, "outputs" | "info"> = { outputs: async () => ({}), info: async () => undefined };

/** Runs what changes a stack: under its lock, after repairing what a killed run left. */
async function change(
  name: string,
  next: "up" | "destroy",
  host: RunHost,
  work: (stack: Stack, config: StackConfig) => Promise<RunReport>,
): Promise<RunReport> {
  const { stack, config } = await open(name, host);
  const backend = process.env.PULUMI_BACKEND_URL ?? "";
  return withStackLock(name, backend, backendFolder(backend, stack.workspace.workDir), async () => {
    const cluster = new VerifiedCluster(config.cluster);
    await verified(cluster, next === "destroy" && config.cluster.uid !== undefined);
    if (next === "destroy") refuseProtected(name, await stateOf(stack));
    await repairStack(stack, { cluster, places: requirementsOf(config), backend, next, host });
    return work(stack, config);
  });
}

/**
 * Throws a UserError when another cluster is behind the stack's context, and when it cannot be asked and has to be: a destroy does not run
 * the program, which verifies it too.
 */
async function verified(cluster: VerifiedCluster, mustAnswer: boolean): Promise<void> {
  try {
    await cluster.verify();
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    if (mustAnswer) throw new UserError(cluster.unavailable(error));
  }
}

function checkImageLock({ stack, imageLock }: StackConfig): void {
  if (!imageLock || existsSync(join(projectRoot, imageLock))) return;
  throw new UserError(
    `Pulumi.${stack}.yaml: hardened:imageLock names ${imageLock}, which does not exist; npm run cluster:up writes it`,
  );
}

/** A failed run. */
interface Run {
  readonly report: RunReport;
  readonly config: StackConfig;
  readonly host: RunHost;
}

/** Ends a failed run with every reason it has: the engine's, for pods that are not well theirs, and Argo CD's or Flux's for what it does not install. */
async function fail(action: RunAction, { report, config, host }: Run, error: unknown): Promise<never> {
  const lines = [...new Set(report.errors.map(({ message }) => readable(message)))].filter((line) => line !== "");
  if (lines.length === 0 && report.violations.every((one) => one.level !== "mandatory")) {
    lines.push(readable(error instanceof Error ? error.message : String(error)));
  }
  if (report.violations.some((one) => one.level === "mandatory")) {
    lines.unshift(refusalAfter(report.begun.size));
  }
  const [pods, gitOps] = action === "up" ? await unwell(config) : [[], []];
  const reasons = [...lines.map((line) => withoutPods(line, pods)), ...gitOps, ...pods];
  host.notify({ code: "run.failed", data: { action, stack: config.stack, reasons } });
  throw new UserError(`${action} of stack ${config.stack} failed:\n${reasons.join("\n")}`);
}

/** A violation may only show when the changes are applied, where a value was unknown at the preview. */
export const refusalAfter = (changed: number): string =>
  changed === 0
    ? "the policy pack refuses this; nothing was changed"
    : `the policy pack refuses this; changed before: ${changed} resource${changed === 1 ? "" : "s"}; the next run continues from there`;

/** What the cluster says of pods that are not well, and Argo CD or Flux of what it has not installed. */
async function unwell(config: StackConfig): Promise<readonly [string[], string[]]> {
  const cluster = new VerifiedCluster(config.cluster);
  const all = requirementsOf(config);
  try {
    const [pods, gitOps] = await Promise.all([
      Promise.all(all.map(({ namespace }) => explainPods(cluster, namespace))),
      Promise.all(all.map((at) => gitOpsFailures(cluster, config.delivery, at))),
    ]);
    return [pods.flat(), gitOps.flat()];
  } catch (error) {
    if (error instanceof ClusterUnavailable || error instanceof UserError) return [[], []];
    throw error;
  }
}

/** Shows planned changes and policy violations. Throws a UserError when the pack refuses the changes or the preview fails. */
export async function preview(name: string, host: RunHost): Promise<RunReport> {
  const { stack, config } = await open(name, host);
  return previewOf(stack, config, host);
}

async function previewOf(
  stack: Stack,
  config: StackConfig,
  host: RunHost,
  seen: (event: EngineEvent) => void = () => {},
): Promise<RunReport> {
  const { report, onEvent: follow } = begin("preview", config, host);
  const onEvent = (event: EngineEvent): void => {
    follow(event);
    seen(event);
  };
  try {
    await stack.preview({ policyPacks: [policyPack], onEvent, signal: interruption, suppressOutputs: true });
  } catch (error) {
    if (report.violations.length > 0) tellVerdict(report, host);
    return await fail("preview", { report, config, host }, error);
  }
  tellVerdict(report, host);
  return end("preview", report, host);
}

/** Emits the start of a run, and converts the events of its engine. */
function begin(action: RunAction, config: StackConfig, host: RunHost): ReturnType<typeof follow> {
  const { stack, environment, cluster } = config;
  interruption.throwIfAborted();
  host.notify({ code: "run.started", data: { action, stack, environment, context: cluster.context } });
  return follow(host);
}

function tellVerdict({ violations }: RunReport, { notify }: RunHost): void {
  const mandatory = violations.filter(({ level }) => level === "mandatory").length;
  notify({ code: "policy.summary", data: { mandatory, advisory: violations.length - mandatory } });
}

function end(action: RunAction, report: RunReport, { notify }: RunHost): RunReport {
  notify({ code: "run.summary", data: { action, changes: report.changes } });
  return report;
}

/** The releases that the program of a stack registers, with their values; without the policy pack and without events. */
export async function previewReleases(name: string): Promise<{ config: StackConfig; releases: ReleaseInputs[] }> {
  const { stack, config } = await open(name, silentHost);
  const { report, onEvent } = follow(silentHost);
  const releases = new Map<string, ReleaseInputs>();
  const collect = (event: EngineEvent): void => {
    onEvent(event);
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata?.new)
      for (const one of releasesOf({ type: metadata.type, inputs: metadata.new.inputs }))
        releases.set(metadata.urn, one);
  };
  try {
    await stack.preview({ onEvent: collect, suppressOutputs: true });
  } catch (error) {
    return await fail("preview", { report, config, host: silentHost }, error);
  }
  return { config, releases: [...releases.values()] };
}

/** Previews, and applies the changes when the pack reports no mandatory violation. Throws a UserError with every reason of a failure; the next run continues. */
export const up = (name: string, host: RunHost): Promise<RunReport> =>
  change(name, "up", host, async (stack, config) => {
    const deliveries: Planned[] = [];
    await previewOf(stack, config, host, (event) => {
      const planned = plannedIn(event);
      if (planned !== undefined) deliveries.push(planned);
    });
    await retryFailed(new VerifiedCluster(config.cluster), deliveries, host);
    const { report, onEvent } = begin("up", config, host);
    try {
      await stack.up({ policyPacks: [policyPack], onEvent, signal: interruption, suppressOutputs: true });
    } catch (error) {
      return await fail("up", { report, config, host }, error);
    }
    return end("up", report, host);
  });

/**
 * Deletes every resource of the stack. Throws a UserError, before it touches anything, for prod without the stack's name as `confirm`, and
 * while the state has a protected resource, as prod's has.
 */
export async function destroy(name: string, host: RunHost, confirm?: string): Promise<RunReport> {
  confirmProd(checkStackFile(name), confirm);
  return change(name, "destroy", host, async (stack, config) => {
    const { report, onEvent } = begin("destroy", config, host);
    try {
      await stack.destroy({ onEvent, signal: interruption, suppressOutputs: true });
    } catch (error) {
      return await fail("destroy", { report, config, host }, error);
    }
    return end("destroy", report, host);
  });
}
