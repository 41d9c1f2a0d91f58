import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { backgroundDeletion, standardLabels } from "../cluster/labels";
import type { StoreKind } from "../cluster/secret-stores";
import type { RestrictedNamespace } from "./restricted-namespace";

/** Source of a system's credentials, chosen per stack. */
export type SecretSource =
  /** Generated once by @pulumi/random and kept in the encrypted state; `beside`: keys whose values come from elsewhere. */
  | { readonly from: "generated"; readonly beside?: Readonly<Record<string, pulumi.Input<string>>> }
  /** Given in the stack's secret configuration. */
  | { readonly from: "config"; readonly values: Readonly<Record<string, pulumi.Input<string>>> | undefined }
  /** A Secret managed outside of the stack; its keys are checked before anything changes. */
  | { readonly from: "existing"; readonly secretName: string }
  /** Synchronised by the External Secrets Operator from a store of the cluster. */
  | {
      readonly from: "external";
      /** @default "ClusterSecretStore" */
      readonly storeKind?: StoreKind | undefined;
      readonly storeName: string;
      readonly remoteKey: string;
      readonly refreshInterval: string;
    };

export interface AppSecretArgs {
  readonly namespace: RestrictedNamespace;
  /** System, as `app.kubernetes.io/name`. */
  readonly system: string;
  /** Keys the pods need. */
  readonly keys: readonly string[];
  readonly source: SecretSource;
}

/**
 * One Secret with exactly the keys its users need. Charts and pods get its name, never a value.
 * It is immutable and autonamed: a new value creates a new Secret next to the old one, which the running version keeps.
 */
export class AppSecret extends pulumi.ComponentResource {
  /** Name of the Secret; known at preview. */
  readonly secretName: pulumi.Output<string>;
  /** Resources that a reader of the Secret depends on. */
  readonly ready: pulumi.Resource;
  /** The values, where the program itself knows them: only for another AppSecret with the same values. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: AppSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:AppSecret", name, {}, opts);
    const { namespace, source } = args;
    const labels = standardLabels(args.system, "credentials");
    this.values = {};
    this.ready = namespace.namespace;
    if (source.from === "existing") {
      this.secretName = pulumi.output(source.secretName);
    } else if (source.from === "external") {
      const external = new k8s.apiextensions.CustomResource(
        name,
        externalSecret(name, namespace.name, labels, args.keys, source),
        { parent: this, dependsOn: namespace },
      );
      this.secretName = pulumi.output(name);
      this.ready = external;
    } else {
      this.values =
        source.from === "generated"
          ? generate(this, name, args.keys, source.beside)
          : given(args.keys, source.values, this);
      const secret = new k8s.core.v1.Secret(
        name,
        {
          metadata: { namespace: namespace.name, labels, annotations: backgroundDeletion },
          immutable: true,
          type: "Opaque",
          stringData: this.values,
        },
        { parent: this, dependsOn: namespace },
      );
      this.secretName = secret.metadata.name;
      this.ready = secret;
    }
    this.registerOutputs({ secretName: this.secretName });
  }
}

function generate(
  parent: pulumi.Resource,
  name: string,
  keys: readonly string[],
  beside: Readonly<Record<string, pulumi.Input<string>>> = {},
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    keys.map((key) => {
      const elsewhere = beside[key];
      if (elsewhere !== undefined) return [key, pulumi.secret(elsewhere)];
      const stem = `${name}-${key.toLowerCase().replaceAll("_", "-")}`;
      return [key, new random.RandomPassword(stem, { length: 32, special: false }, { parent }).result];
    }),
  );
}

function given(
  keys: readonly string[],
  values: Readonly<Record<string, pulumi.Input<string>>> | undefined,
  parent: pulumi.Resource,
): Record<string, pulumi.Output<string>> {
  const missing = keys.filter((key) => values?.[key] === undefined);
  if (missing.length > 0)
    throw new pulumi.ResourceError(`credentials are missing: ${missing.join(", ")}`, parent, true);
  return Object.fromEntries(keys.map((key) => [key, pulumi.secret(values?.[key] as pulumi.Input<string>)]));
}

function externalSecret(
  name: string,
  namespace: string,
  labels: Record<string, string>,
  keys: readonly string[],
  source: Extract<SecretSource, { from: "external" }>,
): k8s.apiextensions.CustomResourceArgs {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: {
      name,
      namespace,
      labels,
      annotations: { ...backgroundDeletion, "pulumi.com/waitFor": "condition=Ready" },
    },
    spec: {
      refreshInterval: source.refreshInterval,
      secretStoreRef: { kind: source.storeKind ?? "ClusterSecretStore", name: source.storeName },
      target: { name, creationPolicy: "Owner" },
      data: keys.map((key) => ({ secretKey: key, remoteRef: { key: source.remoteKey, property: key } })),
    },
  };
}
