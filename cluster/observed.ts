import type { ApiServerAddress } from "./api-server-address";
import type { SecretChanges } from "./changed-secrets";
import type { ReleaseState } from "./helm-records";
import type { NamespaceState } from "./namespace-state";

/** What the cluster said of one release. */
export interface ObservedRelease {
  readonly state?: ReleaseState | undefined;
  /** What the pods of its Deployments missed of their Secrets. */
  readonly secretChanges?: SecretChanges | undefined;
}

/** What the cluster said before anything was registered; empty when it could not be asked. */
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
