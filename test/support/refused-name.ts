import { apply, kubectl } from "./e2e-cluster";
import { eventually } from "./run";

/** Value of SERVICE_NAME that the cluster refuses, and its words. */
export const refusedName = "refused";
export const refusal = "not by this name";

/** Has the API server refuse a Deployment of a namespace that has the refused name: a cause of failure outside of the stack. Returns what ends that. */
export async function refuseName(namespace: string): Promise<() => Promise<void>> {
  const policy = (kind: string, spec: object) => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: namespace },
    spec,
  });
  const hasName = `c.env.exists(e, e.name == 'SERVICE_NAME' && has(e.value) && e.value == '${refusedName}')`;
  const rule = {
    failurePolicy: "Fail",
    matchConstraints: {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      resourceRules: [
        { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] },
      ],
    },
    validations: [
      { expression: `!object.spec.template.spec.containers.exists(c, has(c.env) && ${hasName})`, message: refusal },
    ],
  };
  await apply([
    policy("ValidatingAdmissionPolicy", rule),
    policy("ValidatingAdmissionPolicyBinding", { policyName: namespace, validationActions: ["Deny"] }),
  ]);
  const isRefused = (): Promise<boolean> =>
    kubectl(["set", "env", "deployment/web", "-n", namespace, `SERVICE_NAME=${refusedName}`, "--dry-run=server"]).then(
      () => false,
      ({ message }: Error) => message.includes(refusal),
    );
  await eventually("the cluster refuses it", isRefused);
  return async () => {
    await kubectl(["delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", namespace]);
    await eventually("the cluster accepts it", async () => !(await isRefused()));
  };
}
