import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseState } from "../cluster/helm-records";
import type { Delivery } from "../config/delivery-schema";
import { chartDigest } from "./chart-digest";
import { GitOpsDelivery, type GitOpsDeliveryArgs } from "./gitops-delivery";
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
  /** How it is installed: the stack's `delivery`. */
  readonly delivery: Delivery;
  /** The live state of this release, so that a failed one is repaired. */
  readonly state?: ReleaseState | undefined;
  /** Seconds Helm waits for the objects to become ready. @default 180 */
  readonly timeoutSeconds?: number;
}

/** Release names that Helm accepts: a DNS label of at most 53 characters. */
export function checkReleaseName(name: string): string | undefined {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 53) return undefined;
  return `release name "${name}" must be lower-case letters, digits and "-", start and end with a letter or digit, and have at most 53 characters`;
}

/**
 * Description whose change makes Pulumi upgrade a failed release, also one that a refresh removed from its state (pulumi#17949). It stays while
 * the values stay, so that a repaired release does not change again, and goes with the next change of them.
 */
export function healingDescription(state: ReleaseState | undefined, values: unknown): string | undefined {
  const fingerprint = createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 12);
  if (state?.status === "failed") return `repair of failed revision ${state.revision}, values ${fingerprint}`;
  const [repaired, of] = /^repair of failed revision \d+, values ([0-9a-f]{12})$/.exec(state?.description ?? "") ?? [];
  return of === fingerprint ? repaired : undefined;
}

/** Information about a release, as a stack output. */
interface ReleaseStatus {
  readonly status: string;
  /** 0 where a controller counts. */
  readonly revision: number;
}

/**
 * The only file that creates a release: by Helm, with a relative chart path, the digest of its content, bounded wait and history, in an
 * existing namespace; or by the controller that the stack names, with the same chart and values.
 */
export class HardenedRelease extends pulumi.ComponentResource {
  /** Revision and status as Helm has them after the run. */
  readonly status: pulumi.Output<ReleaseStatus>;

  constructor(name: string, args: HardenedReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:HardenedRelease", name, {}, opts);
    const wrong = checkReleaseName(args.name);
    if (wrong) throw new pulumi.ResourceError(wrong, this, true);
    const digest = chartDigest(args.chart);
    const values = pulumi
      .output(args.values)
      .apply((given): Record<string, unknown> => ({ ...releaseValues(args.chart, given), chartDigest: digest }));
    const timeoutSeconds = args.timeoutSeconds ?? 180;
    this.status =
      args.delivery.with === "release"
        ? this.installed(name, args, values, timeoutSeconds)
        : this.delivered(name, { ...args, delivery: args.delivery, values, timeoutSeconds });
    this.registerOutputs({ status: this.status });
  }

  private installed(
    name: string,
    { namespace, chart, state, name: release }: HardenedReleaseArgs,
    values: pulumi.Output<Record<string, unknown>>,
    timeout: number,
  ): pulumi.Output<ReleaseStatus> {
    const description = values.apply((all) => healingDescription(state, all) as string);
    const made = new k8s.helm.v3.Release(
      name,
      {
        name: release,
        namespace: namespace.name,
        chart,
        values,
        createNamespace: false,
        timeout,
        maxHistory: 10,
        cleanupOnFail: true,
        description,
      },
      { parent: this, dependsOn: namespace },
    );
    return made.status.apply(({ status, revision }) => ({ status, revision }));
  }

  private delivered(name: string, args: GitOpsDeliveryArgs): pulumi.Output<ReleaseStatus> {
    new GitOpsDelivery(name, args, { parent: this });
    return pulumi.output({ status: `handed to ${args.delivery.with}`, revision: 0 });
  }
}
