import { kubectl } from "./e2e-cluster";

/** Asks that a pod goes, as a drain does. Gives "evicted", or why it may not. */
export function evict(namespace: string, name: string): Promise<string> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  return kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction)).then(() => "evicted", String);
}
