/** What the cluster offers, told by whoever starts the pack: for a run that cannot reach it, or must not ask. */

export interface LiveCluster {
  /** Version of the API server, e.g. "v1.36.3". @default the stack's declared version */
  readonly kubeVersion?: string;
  /** API versions and kinds it serves, e.g. "monitoring.coreos.com/v1" and "monitoring.coreos.com/v1/ServiceMonitor". @default Kubernetes' own */
  readonly apiVersions?: readonly string[];
  readonly mistakes: readonly string[];
}

const apiVersion = /^(?:[a-z0-9.-]+\/)?v\d+(?:(?:alpha|beta)\d+)?(?:\/[A-Z][A-Za-z0-9]*)?$/;

/** Reads HARDENED_KUBE_VERSION and HARDENED_API_VERSIONS (separated by commas or white space). Never throws: what cannot be read is a mistake. */
export function liveCluster(env: NodeJS.ProcessEnv): LiveCluster {
  const { HARDENED_KUBE_VERSION: version = "", HARDENED_API_VERSIONS: list = "" } = env;
  const apiVersions = list.split(/[\s,]+/).filter((item) => item !== "");
  const readable = version === "" || /^v?1\.\d{1,3}(?:\.\d+)?$/.test(version);
  const odd = apiVersions.filter((item) => !apiVersion.test(item));
  return {
    ...(version !== "" && readable && { kubeVersion: version }),
    ...(apiVersions.length > 0 && odd.length === 0 && { apiVersions }),
    mistakes: [
      ...(readable ? [] : ["HARDENED_KUBE_VERSION must be a version such as v1.36.3"]),
      ...(odd.length === 0 ? [] : [`HARDENED_API_VERSIONS must hold versions such as apps/v1, got ${odd[0]}`]),
    ],
  };
}
