/** A chart's verdict in figures, for a record that outlives the run. Holds no value of the chart and no secret. */

import { createHash } from "node:crypto";
import type { JsonObject } from "../contract";
import { type ContainerType, declaredContainerTypes } from "../pods/container-types";
import { podTemplatesOf } from "../pods/pod-spec";
import type { Profile } from "../rules/rule";
import { blocking } from "./evaluate";
import { type ChartRequest, evaluateChart } from "./evaluate-chart";
import { packConfig } from "./pack-config";

/** An image of a container that runs. */
export interface ImageSummary {
  /** The object as "Kind/name". */
  readonly object: string;
  readonly container: string;
  /** As it is written in the manifest. */
  readonly image: string;
  /** `sha256:` and 64 hexadecimal digits, null for an image by tag. */
  readonly digest: string | null;
}

/** The rendered manifest in figures. */
export interface ManifestSummary {
  /** Digest of the rendered text, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Kubernetes version it was rendered for. */
  readonly kubernetesVersion: string;
  readonly objects: number;
  readonly pods: number;
}

/** The verdict in figures. */
export interface VerdictSummary {
  readonly profile: Profile;
  /** Numbers of findings: those that stop a deployment, those that are only shown, those an exemption covers. */
  readonly mandatory: number;
  readonly advisory: number;
  readonly exempted: number;
  /** Ids of the rules that found something, sorted. */
  readonly rules: readonly string[];
}

/** A rendered and evaluated chart in figures. */
export interface ChartSummary {
  /** Every container that runs, in the order of the rendered objects. */
  readonly images: readonly ImageSummary[];
  readonly manifest: ManifestSummary;
  readonly policy: VerdictSummary;
}

/** Configuration of a stack for the pack, by its keys without the project's name. */
export type StackSettings = Readonly<Record<string, unknown>> & { readonly environment: Profile };

/** Renders and evaluates a chart as the pack does for a stack with these settings. Throws like `evaluateChart`. */
export async function chartSummary(
  request: Pick<ChartRequest, "chart" | "name" | "namespace" | "values">,
  stack: StackSettings,
  projectRoot: string,
): Promise<ChartSummary> {
  const project = "hardened";
  const settings = Object.fromEntries(Object.entries(stack).map(([key, value]) => [`${project}:${key}`, value]));
  const pack = packConfig(settings, project, projectRoot);
  const { kubeVersion, apiVersions } = pack;
  const served = { ...request, kubeVersion, ...(apiVersions && { apiVersions }) };
  const { verdict, manifests, text } = await evaluateChart(served, { ...pack, now: new Date() });
  const mandatory = blocking(verdict, stack.environment).length;
  return {
    images: manifests.flatMap(({ object }) =>
      podTemplatesOf(object, pack.settings?.podKinds).flatMap(({ template }) =>
        imagesOf(template.spec).map((image) => ({ object: `${object.kind}/${nameOf(object)}`, ...image })),
      ),
    ),
    manifest: {
      sha256: createHash("sha256").update(text).digest("hex"),
      kubernetesVersion: kubeVersion,
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

function imagesOf(spec: unknown): Omit<ImageSummary, "object">[] {
  const lists = spec as Partial<Record<ContainerType, { name: string; image: string }[]>> | undefined;
  return declaredContainerTypes
    .flatMap((type) => lists?.[type] ?? [])
    .map(({ name, image }) => ({
      container: name,
      image,
      digest: /@(sha256:[a-f0-9]{64})$/.exec(image)?.[1] ?? null,
    }));
}
