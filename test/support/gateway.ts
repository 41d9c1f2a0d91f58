/** A way into a service as its clients come: through a pod of a namespace that its policy lets in, as an ingress controller's is. */
import { hostPortOf } from "../../cluster/local/host-ports";
import { instance, kubectl } from "./e2e-cluster";
import { pushVisitor } from "./visitor";

/** Namespace the gateway of a service's namespace stands in; the stack opens the service to it, and the test removes it. */
export const gatewayNamespace = (namespace: string): string => `${namespace}-gateway`;

/** Opens the gateway to `service` on a node port that no other test file uses. Gives its address on this machine. */
export async function openGateway(namespace: string, service: string, nodePort: number): Promise<string> {
  const own = gatewayNamespace(namespace);
  const labels = { app: "gateway" };
  const container = {
    name: "gateway",
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
      metadata: { name: "gateway", namespace: own },
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
      metadata: { name: "gateway", namespace: own },
      spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort }] },
    },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["rollout", "status", "deployment/gateway", "-n", own, "--timeout=60s"]);
  return `http://127.0.0.1:${hostPortOf(nodePort)}`;
}
