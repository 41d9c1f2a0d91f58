import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dump } from "js-yaml";
import { backgroundDeletion, standardLabels } from "../cluster/labels";
import type { RestrictedNamespace } from "./restricted-namespace";

export interface AppConfigArgs {
  readonly namespace: RestrictedNamespace;
  /** System, as `app.kubernetes.io/name`. */
  readonly system: string;
  /** Key in the ConfigMap, which becomes the file's name. */
  readonly file: string;
  /** The configuration tree; must hold no credential. */
  readonly content: unknown;
}

/** Largest content in bytes: a ConfigMap holds 1 MiB, names and metadata included. */
const largest = 1_000_000;

/**
 * The application's configuration as an immutable, autonamed ConfigMap: a change creates a new one next to the old one, so that a
 * setup Job validates the new one while the running version keeps the old one.
 */
export class AppConfig extends pulumi.ComponentResource {
  /** Name of the ConfigMap; known at preview. */
  readonly configMapName: pulumi.Output<string>;
  /** Resources that a reader of the ConfigMap depends on. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: AppConfigArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:AppConfig", name, {}, opts);
    const text = dump(args.content, { lineWidth: -1 });
    if (Buffer.byteLength(text) > largest) {
      throw new pulumi.ResourceError(
        `${args.file} has ${Buffer.byteLength(text)} bytes, a ConfigMap holds ${largest}`,
        this,
        true,
      );
    }
    const configMap = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          namespace: args.namespace.name,
          labels: standardLabels(args.system, "config"),
          annotations: backgroundDeletion,
        },
        immutable: true,
        data: { [args.file]: text },
      },
      { parent: this, dependsOn: args.namespace },
    );
    this.configMapName = configMap.metadata.name;
    this.ready = configMap;
    this.registerOutputs({ configMapName: this.configMapName });
  }
}
