import * as k8s from "@pulumi/kubernetes";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { backgroundDeletion, standardLabels } from "../cluster/labels";
import type { RestrictedNamespace } from "./restricted-namespace";

export interface RunToCompletionArgs {
  readonly namespace: RestrictedNamespace;
  /** System, as `app.kubernetes.io/name`. */
  readonly system: string;
  /** What the Job does: "setup", "migration"; becomes `app.kubernetes.io/component`. */
  readonly component: string;
  /** Spec of the pod; restart policy and termination message policy are set here. */
  readonly pod: pulumi.Input<input.core.v1.PodSpec>;
  /** Annotations of the pod: a changed one runs the Job again. @default none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Resources that the pod reads; it starts after all of them exist. */
  readonly reads: readonly pulumi.Resource[];
  /** Egress rules besides cluster DNS: the namespace denies everything else. @default none */
  readonly egress?: readonly input.networking.v1.NetworkPolicyEgressRule[];
  /** Seconds after which a Job that neither succeeds nor fails is stopped. @default 180 */
  readonly deadlineSeconds?: number;
}

/**
 * A Job that is awaited, bounded, and run again after a failure.
 * - `activeDeadlineSeconds` bounds it: the provider's own time limit of a Job never fires past a minute, and would leave it running.
 * - `replaceUnready`: a failed Job is replaced by the next run instead of failing it again at once (pulumi-kubernetes#856).
 * - no TTL: a Job the cluster removed would be run again after every refresh.
 */
export class RunToCompletion extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: RunToCompletionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:RunToCompletion", name, {}, opts);
    const labels = standardLabels(args.system, args.component);
    const { podAnnotations: annotations = {} } = args;
    const annotated = Object.keys(annotations).length > 0 ? { annotations } : {};
    // A policy of its own: the chart's exists only after the release, and this Job runs before it.
    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      {
        metadata: { name, namespace: args.namespace.name, labels, annotations: backgroundDeletion },
        spec: { podSelector: { matchLabels: labels }, policyTypes: ["Egress"], egress: [...(args.egress ?? [])] },
      },
      { parent: this, dependsOn: args.namespace, deletedWith: args.namespace.namespace },
    );
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          namespace: args.namespace.name,
          labels,
          annotations: { ...backgroundDeletion, "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: args.deadlineSeconds ?? 180,
          template: { metadata: { labels, ...annotated }, spec: args.pod },
        },
      },
      // The old one is deleted first: after failures there is one Job to inspect, not one for each attempt.
      { parent: this, dependsOn: [...args.reads, policy], deleteBeforeReplace: true },
    );
    this.registerOutputs({ jobName: this.job.metadata.name });
  }
}
