import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseState } from "../cluster/helm-records";
import { chartDigest } from "./chart-digest";
import { releaseValues } from "./release-values";
import type { RestrictedNamespace } from "./restricted-namespace";

export interface HardenedReleaseArgs {
  readonly namespace: RestrictedNamespace;
  /** Name of the release: plain, because Helm's autonames differ between preview and update and orphan releases after a kill. */
  readonly name: string;
  /** Folder of the chart, relative to the project: an absolute path would differ from machine to machine (pulumi-kubernetes#2251). */
  readonly chart: string;
  /** Values for the chart, every one known at preview; `chartDigest` is added here. */
  readonly values: pulumi.Input<Record<string, unknown>>;
  /** What the cluster says of this release now, to put a failed one right. */
  readonly state?: ReleaseState | undefined;
  /** Seconds Helm waits for the objects to become ready. @default 180 */
  readonly timeoutSeconds?: number;
}

/** Release names Helm takes: a DNS label of at most 53 characters (MR bad input). */
export function checkReleaseName(name: string): string | undefined {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 53) return undefined;
  return `release name "${name}" must be lower-case letters, digits and "-", start and end with a letter or digit, and have at most 53 characters`;
}

/** The description that makes Pulumi upgrade a release which failed and which a refresh made it forget (pulumi#17949); empty when all is well. */
export function healingDescription(state: ReleaseState | undefined): string | undefined {
  if (state?.status === "failed") return `puts failed revision ${state.revision} right`;
  return state?.description && /^puts failed revision \d+ right$/.test(state.description)
    ? state.description
    : undefined;
}

/** The only Helm release: relative chart, digest of its content, bounded wait and history, never a namespace of Helm's own making (MR-16, MR-51, MR-53). */
export class HardenedRelease extends pulumi.ComponentResource {
  readonly release: k8s.helm.v3.Release;
  /** Revision and status as Helm has them after the run. */
  readonly status: pulumi.Output<{ readonly status: string; readonly revision: number }>;

  constructor(name: string, args: HardenedReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:HardenedRelease", name, {}, opts);
    const wrong = checkReleaseName(args.name);
    if (wrong) throw new pulumi.ResourceError(wrong, this, true);
    const digest = chartDigest(args.chart);
    const description = healingDescription(args.state);
    this.release = new k8s.helm.v3.Release(
      name,
      {
        name: args.name,
        namespace: args.namespace.name,
        chart: args.chart,
        values: pulumi
          .output(args.values)
          .apply((values) => ({ ...releaseValues(args.chart, values), chartDigest: digest })),
        createNamespace: false,
        timeout: args.timeoutSeconds ?? 180,
        maxHistory: 10,
        cleanupOnFail: true,
        ...(description === undefined ? {} : { description }),
      },
      { parent: this, dependsOn: args.namespace },
    );
    this.status = this.release.status.apply(({ status, revision }) => ({ status, revision }));
    this.registerOutputs({ status: this.status });
  }
}
