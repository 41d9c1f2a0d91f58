import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolPath } from "../toolchain/locate";
import { type ClusterNode, networkNamespace } from "./addresses";
import { componentKubeconfig } from "./kubeconfigs";
import type { Instance } from "./names";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "./node-config";
import { nodeFolders } from "./node-folders";
import type { Daemon } from "./processes";
import { writeRegistryHosts } from "./registry";

/** A node's programs. */
export interface NodeDaemons {
  readonly containerd: Daemon;
  /** Started once containerd listens. */
  readonly others: readonly Daemon[];
}

/** Writes a node's configuration files and gives its daemons. */
export function nodeDaemons(instance: Instance, node: ClusterNode): NodeDaemons {
  const folders = nodeFolders(instance, node);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeRegistryHosts(folders.registryHosts);
  const written = (name: string, text: string): { file: string; text: string } => {
    const file = join(folders.config, name);
    // kube-proxy ends itself when its file is written, changed or not.
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text, { mode: 0o600 });
    return { file, text };
  };
  const cni = { file: join(folders.cni, "10-bridge.conflist"), text: cniConfig(instance, node) };
  writeFileSync(cni.file, cni.text);
  const containerd = written("containerd.toml", containerdConfig(instance, node));
  const kubelet = written("kubelet.json", kubeletConfig(instance, node));
  const proxy = written("kube-proxy.json", kubeProxyConfig(instance, node));
  // Pods without cluster DNS get this: nothing outside the cluster answers.
  written("resolv.conf", "");
  const network = networkNamespace(instance, node.name);
  const daemon = (program: string, args: string[], settings: string[]): Daemon => ({
    name: `${program}-${node.name}`,
    command: [toolPath(program), ...args],
    network,
    settings,
  });
  return {
    containerd: {
      ...daemon("containerd", ["--config", containerd.file], [containerd.text]),
      // The kubelet and containerd look for runc and the shim by name too.
      environment: {
        PATH: `${dirname(toolPath("containerd"))}:${dirname(toolPath("runc"))}:/usr/sbin:/usr/bin:/sbin:/bin`,
      },
    },
    others: [
      daemon("kube-proxy", [`--config=${proxy.file}`], [proxy.text]),
      daemon(
        "kubelet",
        [
          `--config=${kubelet.file}`,
          `--kubeconfig=${componentKubeconfig(instance, `${node.name}-client`)}`,
          `--hostname-override=${node.name}`,
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
