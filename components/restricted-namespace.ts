import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { backgroundDeletion, repairsAnnotation, standardLabels } from "../cluster/labels";
import type { NamespaceState } from "../cluster/namespace-state";
import { podSecurityLabels } from "../cluster/pod-security-labels";
import { dnsEgress } from "./dns-egress";
import { type Quota, usualQuota } from "./quota";

export interface RestrictedNamespaceArgs {
  /** Name of the namespace: a plain string, so that it is known at preview and the same on every run. */
  readonly name: string;
  /** System the namespace is for, as `app.kubernetes.io/name`. */
  readonly system: string;
  /** Version of the restricted standard to enforce, "latest" or "v1.36"; audit and warn follow latest. */
  readonly podSecurityVersion: string;
  /** Its live state, so that labels that were edited by hand are restored. */
  readonly observed?: NamespaceState | undefined;
  /** Refuse to delete the namespace: for production. @default false */
  readonly protect?: boolean;
  /** false: pods that no NetworkPolicy selects have unrestricted traffic. @default true */
  readonly defaultDeny?: boolean;
  /** Hard limits of the namespace's ResourceQuota. @default 20 pods, 4 CPU and 4 GiB of requests, no Service of type LoadBalancer */
  readonly quota?: Quota;
}

/** A namespace under the restricted Pod Security Standard with a quota, a limit range, and default-deny network policies. */
export class RestrictedNamespace extends pulumi.ComponentResource {
  /** Name of the namespace, plain. */
  readonly name: string;
  /** Resources that everything else of the system depends on. */
  readonly namespace: k8s.core.v1.Namespace;

  constructor(name: string, args: RestrictedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:RestrictedNamespace", name, {}, opts);
    this.name = args.name;
    const labels = standardLabels(args.system, "namespace");
    const annotations: Record<string, string> = {};
    // Pulumi compares with its own record, not with the cluster: only a changed input makes it write all labels again.
    const repairs = (args.observed?.repairs ?? 0) + (args.observed?.drifted.length ? 1 : 0);
    if (repairs > 0) annotations[repairsAnnotation] = String(repairs);
    this.namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.name,
          labels: { ...labels, ...podSecurityLabels(args.podSecurityVersion) },
          annotations,
        },
      },
      { parent: this, protect: args.protect ?? false },
    );
    const inside = { parent: this, dependsOn: this.namespace, deletedWith: this.namespace };
    const metadata = (object: string) => ({
      name: object,
      namespace: args.name,
      labels,
      annotations: backgroundDeletion,
    });
    new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata: metadata("quota"), spec: { hard: args.quota ?? usualQuota } },
      inside,
    );
    new k8s.core.v1.LimitRange(
      `${name}-limits`,
      {
        metadata: metadata("limits"),
        spec: {
          limits: [
            {
              type: "Container",
              defaultRequest: { cpu: "50m", memory: "64Mi" },
              default: { cpu: "500m", memory: "256Mi" },
            },
          ],
        },
      },
      inside,
    );
    if (args.defaultDeny ?? true) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-default-deny`,
        { metadata: metadata("default-deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
        inside,
      );
      new k8s.networking.v1.NetworkPolicy(
        `${name}-allow-dns`,
        {
          metadata: metadata("allow-dns"),
          spec: {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [dnsEgress],
          },
        },
        inside,
      );
    }
    this.registerOutputs({ name: this.name });
  }
}
