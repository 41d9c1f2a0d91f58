/** A client that the policies of every system let in: a pod of the namespace Prometheus is in. */
import { nodes, registryName } from "../../cluster/local/addresses";
import { instance, kubectl } from "./e2e-cluster";
import { pushVisitor } from "./visitor";

const namespace = "monitoring";
let started: Promise<unknown> | undefined;

async function start(): Promise<void> {
  const image = await pushVisitor(instance);
  if (!image.startsWith(registryName)) throw new Error(image);
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "visitor", namespace },
      spec: {
        selector: { matchLabels: { app: "visitor" } },
        template: {
          metadata: { labels: { app: "visitor" } },
          spec: {
            nodeName: nodes[0]?.name,
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "visitor",
                image,
                args: ["serve"],
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["rollout", "status", "deployment/visitor", "-n", namespace, "--timeout=60s"]);
}

/** Runs the visitor in that pod, which stays on the cluster for all tests. */
async function visitor(...words: string[]): Promise<string> {
  started ??= start();
  await started;
  return kubectl(["exec", "-n", namespace, "deploy/visitor", "--", "visitor", ...words]);
}

/** What an address answers to a request from there. Throws when it does not, or with an error. */
export const readFromMonitoring = (url: string): Promise<string> => visitor("read", url);

/** Makes 20 requests from there, one after the other. */
export const askFromMonitoring = (url: string): Promise<string> => visitor("get", url);
