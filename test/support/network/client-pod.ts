/** A pod that asks services as their clients do, from a namespace that their policies let in. */
import { instance, kubectl } from "../e2e-cluster";
import { pushVisitor } from "./visitor";

const started = new Map<string, Promise<unknown>>();

async function start(namespace: string): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const container = {
    name: "visitor",
    image: await pushVisitor(instance),
    args: ["serve"],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "visitor", namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [container],
      },
    },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["wait", "--for=condition=Ready", "pod/visitor", "-n", namespace, "--timeout=60s"]);
}

/** Runs the visitor in the pod, which is made when it is not there, with its namespace; the test removes the namespace. */
async function visitor(namespace: string, ...words: string[]): Promise<string> {
  const ready = started.get(namespace) ?? start(namespace);
  started.set(namespace, ready);
  await ready;
  return kubectl(["exec", "-n", namespace, "visitor", "--", "visitor", ...words]);
}

/** What an address answers to a request from there. Throws when it does not, or with an error. */
export const readFrom = (namespace: string, url: string): Promise<string> => visitor(namespace, "read", url);

/** Makes 20 requests from there, one after the other. */
export const askFrom = (namespace: string, url: string): Promise<string> => visitor(namespace, "get", url);
