import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { apiPort, controlAddress, nodes } from "./addresses";
import { pki } from "./certificates";
import type { Instance } from "./names";

const base64 = (file: string): string => readFileSync(file).toString("base64");

function kubeconfig(instance: Instance, user: string, server: string): string {
  const { context } = instance;
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": base64(pki(instance, "ca.crt")) } }],
    users: [
      {
        name: context,
        user: {
          "client-certificate-data": base64(pki(instance, `${user}.crt`)),
          "client-key-data": base64(pki(instance, `${user}.key`)),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Kubeconfig file of a component, named after its certificate. */
export const componentKubeconfig = (instance: Instance, user: string): string =>
  join(instance.state, "pki", `${user}.kubeconfig`);

/** Writes the components' kubeconfigs, and the administrator's, which goes through the host's loopback port. */
export function writeKubeconfigs(instance: Instance, hostPort: number): void {
  const components = ["controller-manager", "scheduler", "kube-proxy", "kube-router"];
  components.push(...nodes.map((node) => `${node.name}-client`));
  for (const user of components) {
    writeAtomic(
      componentKubeconfig(instance, user),
      kubeconfig(instance, user, `https://${controlAddress}:${apiPort}`),
    );
  }
  writeAtomic(instance.kubeconfig, kubeconfig(instance, "admin", `https://127.0.0.1:${hostPort}`));
}
