import { existsSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { ClusterUnavailable } from "../../cluster/kubectl";
import { projectRoot } from "../../config/project";
import type { StackConfig } from "../../config/stack-schema";
import type { JsonObject } from "../../policy/contract";
import { interruption } from "../../process/interrupt";
import { UserError } from "../../process/user-error";
import { requirementsOf } from "../../systems/registry";
import { explainPods, withoutPods } from "./failure";
import { heal } from "./heal";
import { follow, printViolations, printWarnings, type RunReport, summarize } from "./progress";
import { checkStackFile } from "./stack-file";
import { alone, backendFolder } from "./stack-lock";
import { openStack } from "./workspace";

type Log = (line: string) => void;

/** The pack in the form that every Pulumi from 3.255 on starts by itself, whatever language hosts it has. */
const policyPack = join(projectRoot, "policy", "hardened-policy");

/** A stack ready to preview: its file checked. */
async function open(name: string): Promise<{ stack: Stack; config: StackConfig }> {
  const config = checkStackFile(name);
  checkImageLock(config);
  // The same program as `pulumi up` runs, loaded only now: Pulumi's SDK takes its time.
  const program = require("../../index") as () => Promise<Record<string, unknown>>;
  return { stack: await openStack(name, program), config };
}

/** Runs what changes a stack: nobody else of this machine meanwhile, and what a killed run left put right first. */
async function change(
  name: string,
  next: "up" | "destroy",
  log: Log,
  work: (stack: Stack, config: StackConfig) => Promise<RunReport>,
): Promise<RunReport> {
  const { stack, config } = await open(name);
  const backend = process.env.PULUMI_BACKEND_URL ?? "";
  return alone(name, backend, backendFolder(backend, stack.workspace.workDir), async () => {
    await heal(stack, { cluster: config.cluster, places: requirementsOf(config), backend, next, log });
    return work(stack, config);
  });
}

function checkImageLock({ stack, imageLock }: StackConfig): void {
  if (!imageLock || existsSync(join(projectRoot, imageLock))) return;
  throw new UserError(
    `Pulumi.${stack}.yaml: hardened:imageLock names ${imageLock}, which does not exist; npm run cluster:up writes it`,
  );
}

/** Of a failed pulumi command only what it said itself; names of objects and kinds stay, what only helps a debugger goes. */
const readable = (message: string): string =>
  (/^ stderr: (.*?)^ err\?: /ms.exec(message)?.[1] ?? message)
    .split("\n")
    .filter(
      (line) =>
        !/^\s+at .*\(|node:internal|^\s*error: update failed|^goroutine |^(update|preview|destroy) failed$|^Command failed with exit code|^warning: using pulumi-/.test(
          line,
        ),
    )
    .join("\n")
    .trim();

/** Ends a failed run with every reason it has: the engine's, and for pods that are not well theirs. */
async function fail(what: string, report: RunReport, config: StackConfig, error: unknown): Promise<never> {
  const lines = [...new Set(report.errors.map(({ message }) => readable(message)))].filter((line) => line !== "");
  if (lines.length === 0 && report.violations.every((one) => one.level !== "mandatory")) {
    lines.push(readable(error instanceof Error ? error.message : String(error)));
  }
  if (report.violations.some((one) => one.level === "mandatory")) {
    lines.unshift("the policy pack refuses this; nothing was changed");
  }
  const pods = what === "up" ? await podsOf(config) : [];
  const told = [...lines.map((line) => withoutPods(line, pods)), ...pods];
  throw new UserError(`${what} of stack ${config.stack} failed:\n${told.join("\n")}`);
}

async function podsOf(config: StackConfig): Promise<string[]> {
  try {
    const all = requirementsOf(config).map(({ namespace }) => explainPods(config.cluster.context, namespace));
    return (await Promise.all(all)).flat();
  } catch (error) {
    if (error instanceof ClusterUnavailable) return [];
    throw error;
  }
}

/** Shows what would change and what the pack says of it. Throws a UserError when the pack refuses it or it cannot be told. */
export async function preview(name: string, log: Log): Promise<RunReport> {
  const { stack, config } = await open(name);
  return previewOf(stack, config, log);
}

async function previewOf(stack: Stack, config: StackConfig, log: Log): Promise<RunReport> {
  log(styleText("bold", `preview of stack ${config.stack} (${config.environment}, context ${config.cluster.context})`));
  const { report, onEvent } = follow(log);
  interruption.throwIfAborted();
  try {
    await stack.preview({ policyPacks: [policyPack], onEvent, signal: interruption, suppressOutputs: true });
  } catch (error) {
    if (report.violations.length > 0) printViolations(report.violations, log);
    return await fail("preview", report, config, error);
  }
  printWarnings(report.warnings, log);
  printViolations(report.violations, log);
  log(summarize(report.changes, true));
  return report;
}

/** A release as the program wants it. */
export interface WantedRelease {
  readonly chart: string;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
}

/** The releases the program of a stack asks for, with their values; the pack is not asked. */
export async function previewReleases(name: string): Promise<{ config: StackConfig; releases: WantedRelease[] }> {
  const { stack, config } = await open(name);
  const { report, onEvent } = follow(() => {});
  const releases = new Map<string, WantedRelease>();
  const collect = (event: EngineEvent): void => {
    onEvent(event);
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata?.type === "kubernetes:helm.sh/v3:Release" && metadata.new) {
      releases.set(metadata.urn, metadata.new.inputs as unknown as WantedRelease);
    }
  };
  try {
    await stack.preview({ onEvent: collect, suppressOutputs: true });
  } catch (error) {
    return await fail("preview", report, config, error);
  }
  return { config, releases: [...releases.values()] };
}

/** Previews, and when the pack agrees makes it so. Throws a UserError that says what failed and why; the next run goes on from there. */
export const up = (name: string, log: Log): Promise<RunReport> =>
  change(name, "up", log, async (stack, config) => {
    await previewOf(stack, config, log);
    log(styleText("bold", `up of stack ${config.stack}`));
    const { report, onEvent } = follow(log);
    interruption.throwIfAborted();
    try {
      await stack.up({ policyPacks: [policyPack], onEvent, signal: interruption, suppressOutputs: true });
    } catch (error) {
      return await fail("up", report, config, error);
    }
    log(summarize(report.changes, false));
    return report;
  });

/** Takes everything of the stack away; a namespace protected in prod is refused. */
export const destroy = (name: string, log: Log): Promise<RunReport> =>
  change(name, "destroy", log, async (stack, config) => {
    const { report, onEvent } = follow(log);
    interruption.throwIfAborted();
    try {
      await stack.destroy({ onEvent, signal: interruption, suppressOutputs: true });
    } catch (error) {
      return await fail("destroy", report, config, error);
    }
    log(summarize(report.changes, false));
    return report;
  });
