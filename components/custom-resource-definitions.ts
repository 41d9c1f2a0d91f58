import * as k8s from "@pulumi/kubernetes";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, ClusterUnavailable } from "../cluster/cluster";
import { standardLabels } from "../cluster/labels";
import { migrateStorage } from "../cluster/storage-version";

export interface CustomResourceDefinitionsArgs {
  /** System, as `app.kubernetes.io/name`. */
  readonly system: string;
  /** The CustomResourceDefinitions, complete but for labels. */
  readonly definitions: readonly {
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: object;
  }[];
  /** Kubeconfig context of the cluster. */
  readonly context: string;
  /** Protect them from removal from the stack: for production. @default false */
  readonly protect?: boolean;
}

/**
 * CustomResourceDefinitions of a system, created before everything that uses them: Helm creates what is in a chart's crds/ once and
 * never updates it. Awaited until the API server serves them, with all objects stored in the newest version. They are never deleted:
 * the API server would delete every object of the kind with them, in all namespaces.
 */
export class CustomResourceDefinitions extends pulumi.ComponentResource {
  /** Resources that an object of these kinds, or a program that uses them, depends on. */
  readonly ready: pulumi.Output<pulumi.Resource>;

  constructor(name: string, args: CustomResourceDefinitionsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:CustomResourceDefinitions", name, {}, opts);
    const made = args.definitions.map(
      ({ metadata, spec }) =>
        new k8s.apiextensions.v1.CustomResourceDefinition(
          `${name}-${metadata.name.replace(/\..*/, "")}`,
          {
            metadata: {
              name: metadata.name,
              labels: standardLabels(args.system, "kinds"),
              annotations: { ...metadata.annotations, "pulumi.com/waitFor": "condition=Established" },
            },
            spec: spec as input.apiextensions.v1.CustomResourceDefinitionSpec,
          },
          { parent: this, retainOnDelete: true, protect: args.protect ?? false },
        ),
    );
    this.ready = pulumi.all(made.map(({ metadata }) => metadata.name)).apply(async (names) => {
      if (!pulumi.runtime.isDryRun()) await this.migrate(new Cluster(args.context), names);
      return this;
    });
    this.registerOutputs({});
  }

  private async migrate(cluster: Cluster, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const written = await migrateStorage(cluster, name).catch((error: unknown) => {
        if (!(error instanceof ClusterUnavailable)) throw error;
        throw new pulumi.ResourceError(
          `objects of ${name} are still stored in an older version: ${error.message}`,
          this,
        );
      });
      if (written > 0) void pulumi.log.info(`${written} objects of ${name} are stored in its newest version now`, this);
    }
  }
}
