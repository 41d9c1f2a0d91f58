import { join } from "node:path";
import type { ClusterNode } from "./addresses";
import type { Instance } from "./names";

/** A node's folders. What a reboot must clear (containerd's state, addresses in use, sockets) is below the run folder. */
export function nodeFolders(instance: Instance, node: ClusterNode) {
  const [state, run] = [join(instance.state, node.name), join(instance.run, node.name)];
  return {
    config: join(state, "config"),
    cni: join(state, "cni"),
    registryHosts: join(state, "certs.d"),
    /** Images and snapshots. */
    containerd: join(state, "containerd"),
    /** Pods' volumes, as they outlive a reboot. */
    pods: join(state, "kubelet"),
    podLogs: join(state, "pod-logs"),
    volumePlugins: join(state, "volume-plugins"),
    run,
    containerdState: join(run, "containerd"),
    /** The same volumes, where the kubelet has them: it makes sockets there, and the path of one is at most 107 characters long. */
    kubelet: join(run, "kubelet"),
    /** Shim sockets: containerd takes at most 42 characters. */
    shims: join(run, "s"),
    addresses: join(run, "addresses"),
  } as const;
}

/** containerd's socket, which is the CRI endpoint too. */
export const containerdSocket = (instance: Instance, node: ClusterNode): string =>
  join(nodeFolders(instance, node).run, "containerd.sock");

/** Socket on which a node's kube-router is notified of starting pods. */
export const kubeRouterSocket = (instance: Instance, node: ClusterNode): string =>
  join(nodeFolders(instance, node).run, "kube-router.sock");

/** Cgroup of a node's pods. */
export const nodeCgroup = (instance: Instance, node: ClusterNode): string => join(instance.cgroup, node.name);

/** CNI network name: also the start of the names of files that libcni keeps in /var/lib/cni. */
export const cniNetwork = (instance: Instance, node: ClusterNode): string => `hardened.${instance.name}.${node.name}`;
