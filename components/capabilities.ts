import { kubectl } from "./kubectl";

/** Something a cluster may have or not, told by an API group it then serves. */
interface Capability {
  /** What people call it. */
  readonly title: string;
  /** Group and versions; one of them is enough. */
  readonly apis: readonly string[];
}

const page = "docs/how-to/add-cluster-capabilities.md";

/**
 * The optional parts of a cluster. Nothing here is needed unless a stack's configuration asks for it (COS-57).
 * Each has a section of its own name in docs/how-to/add-cluster-capabilities.md.
 */
export const capabilities = {
  "external-secrets-operator": { title: "the External Secrets Operator", apis: ["external-secrets.io/v1"] },
  "vertical-pod-autoscaler": { title: "the Vertical Pod Autoscaler's recommender", apis: ["autoscaling.k8s.io/v1"] },
  "resource-metrics": { title: "metrics-server", apis: ["metrics.k8s.io/v1beta1"] },
  "custom-metrics": {
    title: "an adapter for custom metrics",
    apis: ["custom.metrics.k8s.io/v1beta2", "custom.metrics.k8s.io/v1beta1"],
  },
  "policy-controller": { title: "the sigstore policy-controller", apis: ["policy.sigstore.dev/v1beta1"] },
  "prometheus-operator": { title: "the Prometheus operator", apis: ["monitoring.coreos.com/v1"] },
} as const satisfies Readonly<Record<string, Capability>>;

export type CapabilityName = keyof typeof capabilities;

/** A part of the configuration that works only on a cluster with this capability. */
export interface Need {
  readonly capability: CapabilityName;
  /** Key path, or object, that asks for it. */
  readonly by: string;
  /** What to change when the cluster shall stay as it is, as "take the credentials from elsewhere (credentials.from)". */
  readonly otherwise: string;
  /** What happens without it, where the rest works all the same: then it is a warning. @default it is a mistake */
  readonly without?: string;
}

/** What a cluster lacks of what is needed: lines for a person, those that stop the run and those that do not. */
export interface Lacking {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** Holds what is needed against the API groups and versions a cluster serves. */
export function lacking(needs: readonly Need[], served: ReadonlySet<string>, context: string): Lacking {
  const missing = needs.filter(({ capability }) => !capabilities[capability].apis.some((api) => served.has(api)));
  const line = ({ capability, by, otherwise, without }: Need): string => {
    const { title, apis } = capabilities[capability];
    const lost = without === undefined ? "" : `; ${without}`;
    return `${by} needs ${title}, and the cluster of context "${context}" does not serve ${apis.join(" or ")}${lost}; install it (${page}#${capability}), or ${otherwise}`;
  };
  return {
    mistakes: missing.filter(({ without }) => without === undefined).map(line),
    warnings: missing.filter(({ without }) => without !== undefined).map(line),
  };
}

/** API groups with their versions, as `apps/v1`, that the cluster serves now. Throws ClusterUnavailable. */
export async function servedApis(context: string): Promise<ReadonlySet<string>> {
  return new Set((await kubectl(context, ["api-versions"])).split("\n"));
}
