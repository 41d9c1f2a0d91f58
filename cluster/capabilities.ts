import { type Cluster, unlessForbidden } from "./cluster";

/** An optional part of a cluster, detected by an API group it serves, or by its Deployment where it serves none. */
interface Capability {
  /** Its usual name, for messages. */
  readonly title: string;
  /** Group and versions; one of them is enough. */
  readonly apis?: readonly string[];
  /** Label of its Deployment, in any namespace. */
  readonly label?: string;
}

const page = "docs/how-to/add-cluster-capabilities.md";

/**
 * The optional parts of a cluster. Nothing here is needed unless a stack's configuration asks for it.
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
  "argo-cd": { title: "Argo CD", apis: ["argoproj.io/v1alpha1"] },
  "flux-helm-controller": { title: "Flux's helm-controller", apis: ["helm.toolkit.fluxcd.io/v2"] },
  "flux-source-controller": { title: "Flux's source-controller", apis: ["source.toolkit.fluxcd.io/v1"] },
  reloader: { title: "Reloader", label: "app.kubernetes.io/name=reloader" },
  "cert-manager": { title: "cert-manager", apis: ["cert-manager.io/v1"] },
  "prometheus-operator": { title: "the Prometheus operator", apis: ["monitoring.coreos.com/v1"] },
  "cloudnative-pg": { title: "the CloudNativePG operator", apis: ["postgresql.cnpg.io/v1"] },
  "victoriametrics-operator": { title: "the VictoriaMetrics operator", apis: ["operator.victoriametrics.com/v1beta1"] },
} as const satisfies Readonly<Record<string, Capability>>;

export type CapabilityName = keyof typeof capabilities;

/** A part of the configuration that works only on a cluster with this capability. */
export interface Need {
  readonly capability: CapabilityName;
  /** Key path, or object, that asks for it. */
  readonly by: string;
  /** The alternative that needs no change of the cluster, such as "take the credentials from elsewhere (credentials.from)". */
  readonly otherwise: string;
  /** The effect of its absence where the rest still works: then it is a warning. @default its absence is an error */
  readonly without?: string;
}

/** Capabilities that a cluster lacks, as messages: errors, which stop the run, and warnings. */
export interface Lacking {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/** What a cluster has, as `signs` of capabilities. */
type Present = ReadonlySet<string>;

/** Signs of a capability; one is enough. */
const signs = ({ apis = [], label }: Capability): string[] => [
  ...apis,
  ...(label === undefined ? [] : [`a Deployment labelled ${label}`]),
];

/** Compares the needed capabilities with the signs that a cluster has. */
export function lacking(needs: readonly Need[], present: Present, context: string): Lacking {
  const missing = needs.filter(({ capability }) => !signs(capabilities[capability]).some((sign) => present.has(sign)));
  const line = ({ capability, by, otherwise, without }: Need): string => {
    const { title, apis, label }: Capability = capabilities[capability];
    const verb = label === undefined || apis !== undefined ? "does not serve" : "does not show";
    const lost = without === undefined ? "" : `; ${without}`;
    return `${by} needs ${title}, and the cluster of context "${context}" ${verb} ${signs(capabilities[capability]).join(" or ")}${lost}; install it (${page}#${capability}), or ${otherwise}`;
  };
  return {
    mistakes: missing.filter(({ without }) => without === undefined).map(line),
    warnings: missing.filter(({ without }) => without !== undefined).map(line),
  };
}

/** Signs of the needed capabilities that the cluster has: every API version it serves, and the Deployments that the user may list. Throws ClusterUnavailable. */
export async function presentIn(cluster: Cluster, needs: readonly Need[]): Promise<Present> {
  const asked = new Set(needs.map(({ capability }): Capability => capabilities[capability]));
  const labelled = [...asked].filter((one) => one.label !== undefined);
  const shown = await Promise.all(
    labelled.map(async (one) => ((await hasDeployment(cluster, one.label as string)) ? signs(one) : [])),
  );
  return new Set([...(await cluster.serves()), ...shown.flat()]);
}

/** Whether a Deployment with the label is anywhere; no when the user may not look. */
const hasDeployment = (cluster: Cluster, label: string): Promise<boolean> =>
  unlessForbidden(
    cluster
      .kubectl(["get", "deployments.apps", "--all-namespaces", "-l", label, "-o", "name"])
      .then((names) => names.trim() !== ""),
    false,
  );
