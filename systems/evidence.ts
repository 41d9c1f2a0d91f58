import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { chartDigest } from "../components/chart-digest";
import type { StackConfig } from "../config/stack-schema";
import type { JsonObject } from "../policy/contract";
import { type ContainerType, declaredContainerTypes } from "../policy/pods/container-types";

/**
 * What a deployment proves of itself, as a stack output (COS-63): `hardened ready` and the evidence folder read it, so its shape is an interface.
 * Everything in it is known at preview and holds no secret.
 */
export interface Evidence {
  /** Raised when a reader of the older shape would misread the new one. */
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
  readonly images: readonly ImageEvidence[];
  /** The rendered manifest; null when it could not be rendered, and then `problem` says why. */
  readonly manifest: ManifestEvidence | null;
  /** The policy pack's verdict on the release, signatures left out: those the pack itself asks for; null like the manifest. */
  readonly policy: PolicyEvidence | null;
  readonly problem: string | null;
  /** What this environment leaves out that production demands, a sentence each. */
  readonly relaxed: readonly string[];
}

export interface ImageEvidence {
  /** The object as "Kind/name". */
  readonly object: string;
  readonly container: string;
  /** As it is written in the manifest. */
  readonly image: string;
  /** `sha256:` and 64 hexadecimal digits, null for an image by tag. */
  readonly digest: string | null;
}

export interface ManifestEvidence {
  /** Digest of the rendered text, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Kubernetes version it was rendered for. */
  readonly kubernetesVersion: string;
  readonly objects: number;
  readonly pods: number;
}

export interface PolicyEvidence {
  readonly profile: StackConfig["environment"];
  /** Numbers of findings: those that stop a deployment, those that are only shown, those an exemption covers. */
  readonly mandatory: number;
  readonly advisory: number;
  readonly exempted: number;
  /** Ids of the rules that found something, sorted. */
  readonly rules: readonly string[];
}

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

const projectRoot = join(__dirname, "..");

/** Renders and judges the release as the policy pack does and sums it up. Never throws: without Helm the evidence says that there is none. */
export async function evidenceOf(args: EvidenceArgs): Promise<Evidence> {
  const { system, owner, stack, namespace, release, chart, relaxed } = args;
  const digest = chartDigest(resolve(projectRoot, chart));
  const known = { format: 1, system, stack: owner, environment: stack.environment, namespace, release } as const;
  const about = { ...known, chart: { folder: chart, digest }, relaxed };
  try {
    return { ...about, ...(await judged(args, digest)), problem: null };
  } catch (error) {
    return { ...about, images: [], manifest: null, policy: null, problem: (error as Error).message };
  }
}

async function judged({ stack, namespace, release, chart, values }: EvidenceArgs, digest: string) {
  // Loaded only here: a stack without evidence does not wait for the engine of the pack.
  const { judgeChart } = await import("../policy/judge/judge-chart");
  const { blocking } = await import("../policy/judge/evaluate");
  const { packConfig } = await import("../policy/judge/pack-config");
  const { podTemplatesOf } = await import("../policy/pods/pod-spec");
  const asked = ["environment", "podSecurityVersion", "kubernetesVersion", "policy"] as const;
  const said: StackConfig & { readonly policy?: unknown } = stack;
  const settings = Object.fromEntries(asked.map((key) => [`hardened:${key}`, said[key]]));
  const pack = packConfig(settings, "hardened", projectRoot);
  const request = {
    chart: resolve(projectRoot, chart),
    name: release,
    namespace,
    values: { ...values, chartDigest: digest } as JsonObject,
    kubeVersion: pack.kubeVersion,
    ...(pack.apiVersions && { apiVersions: pack.apiVersions }),
  };
  const { verdict, manifests, text } = await judgeChart(request, { ...pack, now: new Date() });
  const mandatory = blocking(verdict, stack.environment).length;
  return {
    images: manifests.flatMap(({ object }) =>
      podTemplatesOf(object).flatMap(({ template }) =>
        imagesOf(template.spec).map((image) => ({ object: `${object.kind}/${nameOf(object)}`, ...image })),
      ),
    ),
    manifest: {
      sha256: createHash("sha256").update(text).digest("hex"),
      kubernetesVersion: pack.kubeVersion,
      objects: verdict.objects,
      pods: verdict.pods,
    },
    policy: {
      profile: stack.environment,
      mandatory,
      advisory: verdict.findings.length - mandatory,
      exempted: verdict.exempted?.length ?? 0,
      rules: [...new Set(verdict.findings.map(({ rule }) => rule))].sort(),
    },
  };
}

const nameOf = (object: JsonObject): string => String((object.metadata as { name?: unknown } | undefined)?.name ?? "");

function imagesOf(spec: unknown): Omit<ImageEvidence, "object">[] {
  const lists = spec as Partial<Record<ContainerType, { name: string; image: string }[]>> | undefined;
  return declaredContainerTypes
    .flatMap((type) => lists?.[type] ?? [])
    .map(({ name, image }) => ({
      container: name,
      image,
      digest: /@(sha256:[a-f0-9]{64})$/.exec(image)?.[1] ?? null,
    }));
}
