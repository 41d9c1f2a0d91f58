import { type KubeObject, objects } from "../e2e-cluster";

interface Pod extends KubeObject {
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const kinds = [
  "configmaps,secrets,serviceaccounts,services,networkpolicies,resourcequotas,limitranges,persistentvolumeclaims",
  "deployments,statefulsets,daemonsets,jobs,cronjobs,pods,roles,rolebindings,poddisruptionbudgets",
].join(",");

/** A name without what Pulumi, a Job or a ReplicaSet adds at random. */
const stem = (name: string): string =>
  name.replace(/-[a-f0-9]{8}(-[a-z0-9]{5})?$/, "").replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, "");

/**
 * Every object of a namespace by kind and name, random parts of names left out: equal for two namespaces that hold the same,
 * one copy of each. Helm's records are told apart by their status only. Pods that are going are not counted.
 */
export async function inventory(namespace: string): Promise<string[]> {
  const all = (await objects<Pod>(kinds, "-n", namespace)).filter(({ metadata }) => !("deletionTimestamp" in metadata));
  const records = all.filter(({ metadata }) => metadata.labels?.owner === "helm");
  const others = all.filter((one) => !records.includes(one));
  // Old revisions are superseded or failed; what counts is that one is deployed, and none is pending.
  const status = records.map(({ metadata }) => metadata.labels?.status ?? "");
  const current = status.filter((one) => one !== "superseded" && one !== "failed");
  return [
    ...others.map(({ kind, metadata, status }) =>
      kind === "Pod" ? `Pod ${stem(metadata.name)} ${status.phase}` : `${kind} ${stem(metadata.name)}`,
    ),
    ...current.map((one) => `Helm record ${one}`),
  ].sort();
}

/** Names of the pods that are ready to serve. */
export async function serving(namespace: string): Promise<string[]> {
  const pods = await objects<Pod>("pods", "-n", namespace, "-l", "app.kubernetes.io/component=worker");
  const ready = pods.filter(({ metadata, status }) => {
    const isReady = status.conditions?.some((one) => one.type === "Ready" && one.status === "True");
    return isReady && !("deletionTimestamp" in metadata);
  });
  return ready.map(({ metadata }) => metadata.name);
}
