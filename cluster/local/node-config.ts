import { dirname, join } from "node:path";
import { toolPath } from "../../process/toolchain/locate";
import { type ClusterNode, clusterDomain, dnsServiceAddress, nodes, podRange, registryName } from "./addresses";
import { pki } from "./certificates";
import { componentKubeconfig } from "./kubeconfigs";
import type { Instance } from "./names";
import { cniNetwork, containerdSocket, kubeRouterSocket, nodeCgroup, nodeFolders } from "./node-folders";
import { cipherSuites } from "./tls";

/** The pause image, which holds the namespaces of every pod. */
export const pauseImage = `${registryName}/pause:local`;

/** containerd's configuration, version 3: docs/cri/config.md of containerd 2. */
export function containerdConfig(instance: Instance, node: ClusterNode): string {
  const folders = nodeFolders(instance, node);
  const text = JSON.stringify;
  return `version = 3
root = ${text(folders.containerd)}
state = ${text(folders.containerdState)}
# NRI would open a socket outside the instance's folders; the rest is for storage that is not used here.
disabled_plugins = [
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
address = ${text(containerdSocket(instance, node))}

[plugins."io.containerd.shim.v1.manager"]
socket_dir = ${text(folders.shims)}

[plugins."io.containerd.internal.v1.opt"]
path = ${text(join(folders.run, "opt"))}

[plugins."io.containerd.cri.v1.images"]
snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = ${text(pauseImage)}
[plugins."io.containerd.cri.v1.images".registry]
config_path = ${text(folders.registryHosts)}

[plugins."io.containerd.cri.v1.runtime"]
# Its profile would be loaded into the host's kernel and stay there.
disable_apparmor = true
# Without CAP_SYS_RESOURCE every sandbox would die of its negative oom_score_adj.
restrict_oom_score_adj = true
# Below the state folder instead of /var/run/netns, where nothing would tell whose they are.
netns_mounts_under_state_dir = true
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = [${["bridge", "kube-router"].map((name) => text(dirname(toolPath(name)))).join(", ")}]
conf_dir = ${text(folders.cni)}
# The loopback plugin's results would stay in /var/lib/cni under names that do not tell whose they are.
use_internal_loopback = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
runtime_path = ${text(toolPath("containerd-shim-runc-v2"))}
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = ${text(toolPath("runc"))}
Root = ${text(join(folders.run, "runc"))}
SystemdCgroup = false
`;
}

/**
 * Pods of a node on one bridge, with the node as their gateway; nothing is masqueraded: all ranges are routed. A pod starts once its node's
 * kube-router has written the rules for its address: it is never open, and what may reach it, or be reached, is let through from the first packet.
 */
export function cniConfig(instance: Instance, node: ClusterNode): string {
  const ipam = {
    type: "host-local",
    dataDir: nodeFolders(instance, node).addresses,
    ranges: [[{ subnet: node.podRange }]],
  };
  const bridge = { type: "bridge", bridge: "pods", isDefaultGateway: true, hairpinMode: true, ipam };
  const socket = (one: ClusterNode): string => kubeRouterSocket(instance, one);
  const others = nodes.filter((one) => one !== node).map(socket);
  const policies = { type: "kube-router", host: node.address, agent: socket(node), others };
  return JSON.stringify(
    { cniVersion: "1.0.0", name: cniNetwork(instance, node), plugins: [bridge, policies] },
    null,
    2,
  );
}

export function kubeletConfig(instance: Instance, node: ClusterNode): string {
  const folders = nodeFolders(instance, node);
  const endpoint = `unix://${containerdSocket(instance, node)}`;
  return JSON.stringify(
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: node.address,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: pki(instance, "ca.crt") },
      },
      authorization: { mode: "Webhook" },
      readOnlyPort: 0,
      tlsCertFile: pki(instance, `${node.name}-server.crt`),
      tlsPrivateKeyFile: pki(instance, `${node.name}-server.key`),
      tlsCipherSuites: cipherSuites,
      // Its client certificate is renewed by the cluster: addons/kubelet-certificates.yaml lets it ask.
      rotateCertificates: true,
      seccompDefault: true,
      podPidsLimit: 4096,
      clusterDNS: [dnsServiceAddress],
      clusterDomain,
      resolvConf: join(folders.config, "resolv.conf"),
      containerRuntimeEndpoint: endpoint,
      imageServiceEndpoint: endpoint,
      podLogsDir: folders.podLogs,
      volumePluginDir: folders.volumePlugins,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${nodeCgroup(instance, node)}`,
      failCgroupV1: false,
      failSwapOn: false,
      // A negative score needs CAP_SYS_RESOURCE.
      oomScoreAdj: 0,
      serializeImagePulls: false,
      // Both nodes share the host's disk: how full it is must not taint them or take their images.
      imageGCHighThresholdPercent: 100,
      evictionHard: {
        "memory.available": "100Mi",
        "nodefs.available": "0%",
        "nodefs.inodesFree": "0%",
        "imagefs.available": "0%",
        "imagefs.inodesFree": "0%",
      },
    },
    null,
    2,
  );
}

export function kubeProxyConfig(instance: Instance, node: ClusterNode): string {
  return JSON.stringify(
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "nftables",
      clientConnection: { kubeconfig: componentKubeconfig(instance, "kube-proxy") },
      hostnameOverride: node.name,
      clusterCIDR: podRange,
      detectLocalMode: "ClusterCIDR",
      healthzBindAddress: "127.0.0.1:10256",
      metricsBindAddress: "127.0.0.1:10249",
      oomScoreAdj: 0,
      // The size of the table is the whole host's and stays as it is.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    },
    null,
    2,
  );
}
