import * as pulumi from "@pulumi/pulumi";
import { type ObservedCluster, type ObservedRelease, releaseKey } from "../cluster/observed";
import type { StackConfig } from "../config/stack-schema";
import type { SecretSource } from "./app-secret";
import { HardenedRelease, type HardenedReleaseArgs } from "./hardened-release";
import { RestrictedNamespace, type RestrictedNamespaceArgs } from "./restricted-namespace";

/** Namespace and release of a component, and the context of the stack and the cluster. */
export interface SystemPlace {
  /** System, as `app.kubernetes.io/name`. */
  readonly system: string;
  readonly namespace: string;
  readonly release: string;
  readonly context: { readonly stack: StackConfig; readonly observed: ObservedCluster };
}

/** Outputs of every release. */
export interface ReleaseOutputs {
  readonly namespace: string;
  readonly release: string;
  readonly revision: pulumi.Output<number>;
  readonly status: pulumi.Output<string>;
}

/** Base of the systems' components: a restricted namespace, and one release in it as the last step. */
export abstract class SystemComponent extends pulumi.ComponentResource {
  /** Live state of the release before any resource was registered. */
  protected readonly observed: ObservedRelease | undefined;
  abstract readonly release: HardenedRelease;

  protected constructor(
    type: string,
    private readonly name: string,
    private readonly place: SystemPlace,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    this.observed = place.context.observed.releases[releaseKey(place)];
  }

  /** The namespace of the stack's Pod Security version, protected in production. */
  protected restrictedNamespace(
    args: Pick<RestrictedNamespaceArgs, "quota" | "protect" | "defaultDeny"> = {},
    opts: pulumi.ComponentResourceOptions = {},
  ): RestrictedNamespace {
    const { system, namespace, context } = this.place;
    const { stack, observed } = context;
    return new RestrictedNamespace(
      this.name,
      {
        name: namespace,
        system,
        podSecurityVersion: stack.podSecurityVersion,
        observed: observed.namespaces[namespace],
        protect: stack.environment === "prod",
        ...args,
      },
      { ...opts, parent: this },
    );
  }

  /** The release; it depends on the system's other resources. */
  protected deploy(
    args: Pick<HardenedReleaseArgs, "namespace" | "chart" | "values" | "timeoutSeconds">,
    dependsOn: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>,
  ): HardenedRelease {
    const { release, context } = this.place;
    return new HardenedRelease(
      this.name,
      { ...args, name: release, delivery: context.stack.delivery, state: this.observed?.state },
      { parent: this, dependsOn },
    );
  }

  /** Outputs of the release. */
  get outputs(): ReleaseOutputs {
    const { namespace, release } = this.place;
    const { revision, status } = this.release.status;
    return { namespace, release, revision, status };
  }
}

/** Source of the credentials by the stack's configuration; `given` are those of its secret configuration. */
export const sourceOf = (
  credentials: Exclude<SecretSource, { readonly from: "config" }> | { readonly from: "config" },
  given: Readonly<Record<string, string>> | undefined,
): SecretSource => (credentials.from === "config" ? { from: "config", values: given } : credentials);
