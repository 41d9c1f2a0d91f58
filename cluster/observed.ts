import type { ApiServerAddress } from "./api-server-address";
import type { SecretChanges } from "./changed-secrets";
import type { ReleaseState } from "./helm-records";
import type { NamespaceState } from "./namespace-state";

/** Live state of one release. */
export interface ObservedRelease {
  readonly state?: ReleaseState | undefined;
  /** Changes of Secrets that the pods of its Deployments were not restarted for. */
  readonly secretChanges?: SecretChanges | undefined;
}

/** Live state of the cluster before any resource is registered; empty when it could not be read. */
export interface ObservedCluster {
  readonly namespaces: Readonly<Record<string, NamespaceState>>;
  /** By `releaseKey`. */
  readonly releases: Readonly<Record<string, ObservedRelease>>;
  /** Where pods reach the API server, where a release asks for it. */
  readonly apiServer?: ApiServerAddress | undefined;
}

/** A release by its namespace and name: `<namespace>/<release>`. */
export const releaseKey = ({ namespace, release }: { readonly namespace: string; readonly release: string }): string =>
  `${namespace}/${release}`;
