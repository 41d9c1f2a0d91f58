import { createHash } from "node:crypto";
import { standardLabels } from "../cluster/labels";
import type { GitOps } from "../config/delivery-schema";
import { chartAnnotation } from "../policy/rules/delivery";

/** A release that a controller installs. */
export interface DeliveredRelease {
  readonly namespace: string;
  readonly name: string;
  /** Folder of the chart, relative to the project: the policy pack evaluates it in place of what the controller fetches. */
  readonly chart: string;
  /** The chart's package. */
  readonly package: { readonly name: string; readonly version: string; readonly digest: string };
  /** A map. */
  readonly values: unknown;
  /** Seconds the objects have to become ready. */
  readonly timeoutSeconds: number;
}

/** A custom resource of Argo CD or Flux. */
export interface DeliveryObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec: object;
}

/** Condition that Pulumi waits for before the resources that depend on the release (pulumi-kubernetes docs/crd-await.md). */
const awaited = (...conditions: readonly string[]): Record<string, string> => ({
  "pulumi.com/waitFor": conditions.length === 1 ? String(conditions[0]) : JSON.stringify(conditions),
});

/** The objects that have a controller install a release, in the order they are needed. Nothing in them is secret: values name Secrets. */
export const deliveryObjects = (delivery: GitOps, release: DeliveredRelease): readonly DeliveryObject[] =>
  delivery.with === "argocd" ? [application(delivery, release)] : fluxObjects(delivery, release);

/** Name of a release's Application: Argo CD has all of them in one namespace. */
export const applicationName = ({
  namespace,
  release,
}: {
  readonly namespace: string;
  readonly release: string;
}): string => `${namespace}-${release}`;

/** Tells values apart. Argo CD says which source it has compared: by the revision and this it is known whether it has seen a change. */
const nameOf = (values: unknown): string =>
  `values-${createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 12)}`;

/** One Application; its finalizer has Argo CD delete what it installed before the namespace goes. */
function application(
  { repository, namespace, project }: Extract<GitOps, { with: "argocd" }>,
  release: DeliveredRelease,
): DeliveryObject {
  const { name, version, digest } = release.package;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: applicationName({ namespace: release.namespace, release: release.name }),
      namespace,
      labels: standardLabels(release.name, "delivery"),
      annotations: {
        [chartAnnotation]: release.chart,
        ...awaited(
          `jsonpath={.status.sync.revision}=${digest}`,
          `jsonpath={.status.sync.comparedTo.source.name}=${nameOf(release.values)}`,
          "jsonpath={.status.sync.status}=Synced",
          "jsonpath={.status.health.status}=Healthy",
        ),
      },
      finalizers: ["resources-finalizer.argocd.argoproj.io"],
    },
    spec: {
      project,
      source: {
        name: nameOf(release.values),
        repoURL: `${repository}/${name}`,
        targetRevision: digest,
        path: ".",
        helm: { releaseName: release.name, valuesObject: release.values },
      },
      destination: { server: "https://kubernetes.default.svc", namespace: release.namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ["CreateNamespace=false"] },
      revisionHistoryLimit: 10,
      info: [{ name: "chart", value: `${name} ${version}` }],
    },
  };
}

/** The chart by its digest, and the release of it. Both are in the release's namespace, so that neither refers to another namespace. */
function fluxObjects(
  { repository, registrySecret, plainHttp }: Extract<GitOps, { with: "flux" }>,
  release: DeliveredRelease,
): readonly DeliveryObject[] {
  const { name, version, digest } = release.package;
  const metadata = {
    name: release.name,
    namespace: release.namespace,
    labels: standardLabels(release.name, "delivery"),
    annotations: { [chartAnnotation]: release.chart, ...awaited("condition=Ready") },
  };
  return [
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "OCIRepository",
      metadata,
      spec: {
        interval: "10m",
        url: `${repository}/${name}`,
        ref: { tag: version, digest },
        layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
        ...(registrySecret !== undefined && { secretRef: { name: registrySecret } }),
        ...(plainHttp && { insecure: true }),
      },
    },
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata,
      spec: {
        interval: "10m",
        releaseName: release.name,
        chartRef: { kind: "OCIRepository", name: release.name },
        timeout: `${release.timeoutSeconds}s`,
        maxHistory: 10,
        install: { remediation: { retries: 3 } },
        upgrade: { cleanupOnFail: true, remediation: { retries: 3 } },
        driftDetection: { mode: "enabled" },
        values: release.values,
      },
    },
  ];
}
