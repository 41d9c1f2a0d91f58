/** A way into a service as its clients come: through a pod of a namespace that its policy lets in, as an ingress controller's is. */
import { setTimeout as sleep } from "node:timers/promises";
import { hostPortOf } from "../../../cluster/local/host-ports";
import { startStream } from "../../../operations/drills/stream";
import { instance, kubectl } from "../e2e-cluster";
import { eventually } from "../run";
import { pushVisitor } from "./visitor";

/** Namespace the gateway of a service's namespace stands in; the stack opens the service to it, and the test removes it. */
export const gatewayNamespace = (namespace: string): string => `${namespace}-gateway`;

/**
 * Opens the gateway to `service` on a node port that no other test file uses. Returns its address on this machine, once requests get through: that its pod
 * is ready says nothing of the node port's rules and of the policies' that let a new pod in; each node applies them a little later.
 */
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
  const port = hostPortOf(nodePort);
  await eventually("the gateway answers every request of a second", () => answersAll(port));
  return `http://127.0.0.1:${port}`;
}

/** Whether each of fifty requests was answered, on connections of their own: each pod of the service has got some of them. */
async function answersAll(port: number): Promise<boolean> {
  const endpoint = { name: "gateway", secure: false, options: { host: "127.0.0.1", port, path: "/" }, close: () => {} };
  const stream = startStream(endpoint, { rate: 50 });
  await sleep(1000);
  const samples = await stream.stop();
  return samples.length >= 40 && samples.every(({ failure }) => failure === undefined);
}
