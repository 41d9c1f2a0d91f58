/** A way into a service as its clients come: through a pod of a namespace that its policy lets in, as an ingress controller's is. */
import { hostPortOf } from "../../cluster/local/host-ports";
import { instance, kubectl } from "./e2e-cluster";
import { pushVisitor } from "./visitor";

/** Namespace the door of a service's namespace stands in; the stack opens the service to it, and the test removes it. */
export const doorNamespace = (namespace: string): string => `${namespace}-door`;

/** Opens the door to `service` on a node port that no other test file uses. Gives its address on this machine. */
export async function openDoor(namespace: string, service: string, nodePort: number): Promise<string> {
  const own = doorNamespace(namespace);
  const labels = { app: "door" };
  const container = {
    name: "door",
    image: await pushVisitor(instance),
    args: ["carry", "8080", `${service}.${namespace}.svc:80`],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const items = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: own, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "door", namespace: own },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [container],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "door", namespace: own },
      spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort }] },
    },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["rollout", "status", "deployment/door", "-n", own, "--timeout=60s"]);
  return `http://127.0.0.1:${hostPortOf(nodePort)}`;
}
