import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolPath } from "../../process/toolchain/locate";
import { type ClusterNode, networkNamespace, serviceRange } from "./addresses";
import { systemPath } from "./commands";
import { firewallTools } from "./firewall-tools";
import { componentKubeconfig } from "./kubeconfigs";
import { bindOnce } from "./mounts";
import type { Instance } from "./names";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "./node-config";
import { kubeRouterSocket, nodeFolders } from "./node-folders";
import type { Daemon } from "./processes";
import { writeRegistryHosts } from "./registry";

/** A node's programs. */
export interface NodeDaemons {
  readonly containerd: Daemon;
  /** Started once containerd listens. */
  readonly others: readonly Daemon[];
}

/** A node has a host name of its own, as a machine has: what runs on it takes its name from there. */
const withHostName = ({ name }: ClusterNode): string[] => [
  "unshare",
  "--uts",
  "sh",
  "-ec",
  'echo "$0" > /proc/sys/kernel/hostname; exec "$@"',
  name,
];

/** Writes a node's configuration files and returns its daemons. */
export function nodeDaemons(instance: Instance, node: ClusterNode): NodeDaemons {
  const folders = nodeFolders(instance, node);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o755 });
  bindOnce(folders.pods, folders.kubelet);
  writeRegistryHosts(folders.registryHosts);
  const written = (name: string, text: string, folder: string = folders.config): { file: string; text: string } => {
    const file = join(folder, name);
    // kube-proxy ends itself when its file is written, changed or not.
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text, { mode: 0o600 });
    chmodSync(file, 0o600);
    return { file, text };
  };
  written("10-bridge.conflist", cniConfig(instance, node), folders.cni);
  const containerd = written("containerd.toml", containerdConfig(instance, node));
  const kubelet = written("kubelet.json", kubeletConfig(instance, node));
  const proxy = written("kube-proxy.json", kubeProxyConfig(instance, node));
  // Pods without cluster DNS get this: nothing outside the cluster answers.
  written("resolv.conf", "");
  const network = networkNamespace(instance, node.name);
  const daemon = (program: string, args: string[], settings: string[]): Daemon => ({
    name: `${program}-${node.name}`,
    command: [...withHostName(node), toolPath(program), ...args],
    network,
    settings,
  });
  return {
    containerd: {
      ...daemon("containerd", ["--config", containerd.file], [containerd.text]),
      // It looks for runc and the shim by name too.
      environment: { PATH: `${dirname(toolPath("containerd"))}:${dirname(toolPath("runc"))}:${systemPath}` },
    },
    others: [
      daemon("kube-proxy", [`--config=${proxy.file}`], [proxy.text]),
      {
        ...daemon(
          "kube-router",
          [
            `--kubeconfig=${componentKubeconfig(instance, "kube-router")}`,
            `--node=${node.name}`,
            `--service-cluster-ip-range=${serviceRange}`,
            `--socket=${kubeRouterSocket(instance, node)}`,
          ],
          [],
        ),
        environment: { PATH: `${firewallTools()}:${systemPath}`, NODE_NAME: node.name },
      },
      daemon(
        "kubelet",
        [
          `--config=${kubelet.file}`,
          `--kubeconfig=${componentKubeconfig(instance, `${node.name}-client`)}`,
          `--node-ip=${node.address}`,
          `--node-labels=topology.kubernetes.io/zone=${node.zone},topology.kubernetes.io/region=local`,
          `--root-dir=${folders.kubelet}`,
          `--cert-dir=${folders.config}`,
        ],
        [kubelet.text],
      ),
    ],
  };
}
