/** Definition of a kind of zen, and its CustomResourceDefinition. */

/** A structural schema, as Kubernetes writes it. */
export interface Schema {
  readonly type: "object" | "string" | "integer" | "boolean" | "array";
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "date" | "integer";
  readonly jsonPath: string;
  /** 1: with `-o wide` alone. @default 0 */
  readonly priority?: number;
}

/** One kind. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly description: string;
  readonly spec: Schema;
  readonly status: Schema;
  readonly columns: readonly Column[];
}

/** A version of the API. */
export interface Version {
  readonly name: string;
  /** Whether objects are stored in it: true for exactly one. */
  readonly storage: boolean;
  /** Deprecation warning for its clients. @default it is not deprecated */
  readonly deprecation?: string;
}

/** API group of all kinds. */
export const group = "zen.kube-zen.io";

/** Version objects are stored in. */
export const storageVersion = "v1";

/** Versions that are served, the newest first. */
export const versions: readonly Version[] = [
  { name: storageVersion, storage: true },
  { name: "v1alpha1", storage: false, deprecation: `${group}/v1alpha1 is deprecated; use ${group}/v1` },
];

/** The fields of a CustomResourceDefinition that are used. */
export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly scope: "Namespaced";
    readonly conversion: { readonly strategy: "None" };
    readonly versions: readonly Readonly<Record<string, unknown>>[];
  };
}

/**
 * The CustomResourceDefinition of a kind. All versions have the same schema, so that the API server converts by changing the
 * apiVersion alone, without loss: no conversion webhook is needed.
 */
export const customResource = (kind: Kind, served: readonly Version[] = versions): CustomResourceDefinition => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  // Helm never deletes what is in crds/; where it is rendered as a template, this annotation keeps the kind and its objects.
  metadata: { name: `${kind.plural}.${group}`, annotations: { "helm.sh/resource-policy": "keep" } },
  spec: {
    group,
    names: {
      kind: kind.kind,
      listKind: `${kind.kind}List`,
      plural: kind.plural,
      singular: kind.kind.toLowerCase(),
      shortNames: [kind.shortName],
      categories: ["zen"],
    },
    scope: "Namespaced",
    conversion: { strategy: "None" },
    versions: served.map((version) => versionOf(kind, version)),
  },
});

const versionOf = ({ description, spec, status, columns }: Kind, { name, storage, deprecation }: Version) => ({
  name,
  served: true,
  storage,
  ...(deprecation !== undefined && { deprecated: true, deprecationWarning: deprecation }),
  schema: {
    openAPIV3Schema: {
      type: "object",
      description,
      required: ["spec"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { type: "object" },
        spec,
        status,
      },
    },
  },
  subresources: { status: {} },
  additionalPrinterColumns: [...columns, { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }],
});
