import { resolve } from "node:path";
import { projectRoot } from "../config/project";
import type { StackConfig } from "../config/stack-schema";
import type { JsonObject } from "../policy/contract";
import type { ImageSummary, ManifestSummary, VerdictSummary } from "../policy/evaluate/summary";
import { chartDigest } from "./chart-digest";

/**
 * Evidence of a deployment as a stack output: `hardened ready` and the evidence folder read it, so its shape is an interface.
 * Everything in it is known at preview and contains no secret.
 */
export interface Evidence {
  /** Version of this shape; incremented by an incompatible change. */
  readonly format: 1;
  readonly system: string;
  /** `<project>/<stack>`. */
  readonly stack: string;
  readonly environment: StackConfig["environment"];
  readonly namespace: string;
  readonly release: string;
  /** Chart folder relative to the project, and the digest of its files, 16 hexadecimal digits. */
  readonly chart: { readonly folder: string; readonly digest: string };
  /** Every container that runs, in the order of the rendered objects; empty when nothing could be rendered. */
  readonly images: readonly ImageSummary[];
  /** The rendered manifest; null when it could not be rendered, and then `problem` says why. */
  readonly manifest: ManifestSummary | null;
  /** The policy pack's verdict on the release, without signatures, which the pack verifies at preview; null when the manifest is. */
  readonly policy: VerdictSummary | null;
  readonly problem: string | null;
  /** Requirements of production that this environment does not meet, a sentence each. */
  readonly relaxed: readonly string[];
}

/** The release evidence is collected of. */
export interface EvidenceArgs {
  readonly system: string;
  readonly owner: string;
  readonly stack: StackConfig;
  readonly namespace: string;
  readonly release: string;
  /** Folder of the chart relative to the project. */
  readonly chart: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly relaxed: readonly string[];
}

/** Collects the evidence of a release: its chart, and what the policy pack finds in it. Never throws: without Helm the evidence says that there is none. */
export async function evidenceOf(args: EvidenceArgs): Promise<Evidence> {
  const { system, owner, stack, namespace, release, chart, values, relaxed } = args;
  const { environment, podSecurityVersion, kubernetesVersion } = stack;
  const { policy }: { readonly policy?: unknown } = stack as object;
  const folder = resolve(projectRoot, chart);
  const digest = chartDigest(folder);
  const known = { format: 1, system, stack: owner, environment, namespace, release } as const;
  const about = { ...known, chart: { folder: chart, digest }, relaxed };
  try {
    // Loaded lazily: a stack without evidence does not wait for the pack's code.
    const { chartSummary } = await import("../policy/evaluate/summary");
    const request = {
      chart: folder,
      name: release,
      namespace,
      values: { ...values, chartDigest: digest } as JsonObject,
    };
    const settings = { environment, podSecurityVersion, kubernetesVersion, policy };
    return { ...about, ...(await chartSummary(request, settings, projectRoot)), problem: null };
  } catch (error) {
    return { ...about, images: [], manifest: null, policy: null, problem: (error as Error).message };
  }
}
