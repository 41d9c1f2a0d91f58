import { apply, kubectl } from "../e2e-cluster";

const service = "external-secrets-reader";

/**
 * A vault for tests: Secrets of a namespace of its own, read through the External Secrets Operator's kubernetes provider
 * by a service account that may read them and nothing else. Returns the functions that write an entry and take the vault away.
 */
export async function kubernetesStore(name: string) {
  const metadata = { name: service, namespace: name };
  const role = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: service };
  const provider = {
    remoteNamespace: name,
    server: { caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt", namespace: name } },
    auth: { serviceAccount: { name: service, namespace: name } },
  };
  const rbac = "rbac.authorization.k8s.io/v1";
  await apply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: rbac,
      kind: "Role",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
        { apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectrulesreviews"], verbs: ["create"] },
      ],
    },
    {
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata,
      roleRef: role,
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name },
      spec: { provider: { kubernetes: provider } },
    },
  ]);
  await kubectl(["wait", "--for=condition=Ready", `clustersecretstore/${name}`, "--timeout=60s"]);
  return {
    name,
    /** Writes an entry of the vault. */
    put: (entry: string, stringData: Readonly<Record<string, string | undefined>>): Promise<string> =>
      apply([{ apiVersion: "v1", kind: "Secret", metadata: { name: entry, namespace: name }, stringData }]),
    remove: async (): Promise<void> => {
      await kubectl(["delete", "clustersecretstore", name, "--ignore-not-found"]);
      await kubectl(["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
    },
  };
}
