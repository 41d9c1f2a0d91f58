import { resolve } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Need } from "../cluster/capabilities";
import type { DeliveryController } from "../cluster/delivery-faults";
import type { Delivery, GitOps } from "../config/delivery-schema";
import { packChart } from "../policy/render/chart-package";
import { RenderError } from "../policy/render/render-error";
import { type DeliveredRelease, type DeliveryObject, deliveryObjects } from "./delivery-objects";
import type { RestrictedNamespace } from "./restricted-namespace";

/** Capabilities that the delivery needs of the cluster; none when this program installs the charts itself. */
export function deliveryNeeds({ delivery }: { readonly delivery: Delivery }): readonly Need[] {
  const otherwise = "let this program install the charts (hardened:delivery: {with: release})";
  const by = `hardened:delivery (with: ${delivery.with})`;
  if (delivery.with === "argocd") return [{ capability: "argo-cd", by, otherwise }];
  if (delivery.with === "flux")
    return (["flux-helm-controller", "flux-source-controller"] as const).map((capability) => ({
      capability,
      by,
      otherwise,
    }));
  return [];
}

/** The controller, for the preflight; undefined when this program installs the charts itself. */
export function controllerOf({ delivery }: { readonly delivery: Delivery }): DeliveryController | undefined {
  if (delivery.with === "release") return undefined;
  return { with: delivery.with, namespace: delivery.with === "argocd" ? delivery.namespace : undefined };
}

export interface GitOpsDeliveryArgs {
  readonly delivery: GitOps;
  readonly namespace: RestrictedNamespace;
  /** Name of the release. */
  readonly name: string;
  /** Folder of the chart, relative to the project. */
  readonly chart: string;
  /** Values for the chart, every one known at preview. */
  readonly values: pulumi.Input<Record<string, unknown>>;
  /** Seconds the objects have to become ready. */
  readonly timeoutSeconds: number;
}

/** The objects, with values that are known later. */
function objectsOf(
  delivery: GitOps,
  release: Omit<DeliveredRelease, "values">,
  values: pulumi.Input<Record<string, unknown>>,
): k8s.apiextensions.CustomResourceArgs[] {
  const made = (known: unknown): readonly DeliveryObject[] => deliveryObjects(delivery, { ...release, values: known });
  // Of Flux's objects nothing else is made of the values; of Argo CD's what is waited for is.
  if (delivery.with === "flux") return made(values) as unknown as k8s.apiextensions.CustomResourceArgs[];
  return made({}).map(({ apiVersion, kind, metadata }, index) => {
    const object = pulumi.output(values).apply((known) => made(known)[index] as DeliveryObject);
    const annotations = Object.fromEntries(
      Object.keys(metadata.annotations).map((key) => [key, object.metadata.annotations.apply((all) => all[key] ?? "")]),
    );
    return {
      apiVersion,
      kind,
      metadata: { ...metadata, finalizers: [...(metadata.finalizers ?? [])], annotations },
      spec: object.spec,
    };
  });
}

/**
 * A release that Argo CD or Flux installs: the custom resources that make it do so, with the chart pinned by the digest of its
 * package. Packing is deterministic, so that the digest is known before the chart is pushed, and is that of the folder at hand.
 */
export class GitOpsDelivery extends pulumi.ComponentResource {
  constructor(name: string, args: GitOpsDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:GitOpsDelivery", name, {}, opts);
    const { delivery, namespace, chart, timeoutSeconds } = args;
    const packed = this.packed(chart);
    const release = { namespace: namespace.name, name: args.name, chart, package: packed, timeoutSeconds };
    const time = `${timeoutSeconds}s`;
    let before: pulumi.Resource = namespace;
    for (const object of objectsOf(delivery, release, args.values))
      before = new k8s.apiextensions.CustomResource(`${name}-${object.kind.toLowerCase()}`, object, {
        parent: this,
        dependsOn: before,
        customTimeouts: { create: time, update: time },
      });
    this.registerOutputs({});
  }

  private packed(chart: string) {
    try {
      return packChart(resolve(chart));
    } catch (error) {
      if (error instanceof RenderError) throw new pulumi.ResourceError(error.message, this, true);
      throw error;
    }
  }
}
