import { chmodSync, mkdirSync } from "node:fs";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { applyAddons } from "./addons";
import { type ClusterNode, nodes } from "./addresses";
import { ensureCertificates } from "./certificates";
import { ensureCgroup } from "./cgroups";
import { apiDaemons, controllers } from "./control-plane";
import { ensureFirewallTools } from "./firewall-tools";
import { ensureForwards } from "./forwards";
import { apiTarget, hostPorts } from "./host-ports";
import { publishImages, pushSystemImages } from "./images";
import { checkInotify } from "./inotify";
import { whileLocked } from "./instance-lock";
import { rememberKernelSettings } from "./kernel-settings";
import { writeKubeconfigs } from "./kubeconfigs";
import { type Instance, instanceOf } from "./names";
import { ensureNetwork } from "./network";
import { type NodeDaemons, nodeDaemons } from "./node";
import { containerdSocket, nodeCgroup } from "./node-folders";
import { checkHost, claimRunFolder } from "./preflight";
import { daemonCgroup, ensureDaemon, waitFor } from "./processes";
import { apiReady, dnsAnswers, listening, metricsServed, nodesReady, policiesEnforced, registryReady } from "./ready";
import { registry } from "./registry";
import { ensureStorage } from "./storage";
import { finishTeardown } from "./teardown";

/** Options of `cluster:up`. */
export interface ClusterUpOptions {
  /** Instance; @default $HARDENED_CLUSTER, else "hardened" */
  readonly name?: string;
  /** Systems whose images are built and published. */
  readonly systems: readonly string[];
  /** Receives progress lines. */
  readonly log: (line: string) => void;
}

/** Tools the cluster is made of, by toolchain group. */
const toolchain: readonly string[] = [
  ...["etcd", "runc", "containerd", "cni", "kubernetes", "registry", "coredns", "metrics-server", "kube-router"],
];

/**
 * Brings up the instance: both nodes Ready, cluster DNS answering, metrics served. Does only what is missing, so it may
 * be repeated at any time: after an interruption, a crash of any of its programs, or a reboot. Returns the kubeconfig's path.
 */
export async function clusterUp(options: ClusterUpOptions): Promise<string> {
  const instance = instanceOf(options.name);
  checkHost(options.log);
  checkInotify(instance);
  await ensureToolchain(options.log, toolchain);
  await ensureFirewallTools(options.log);
  await whileLocked(instance, options.log, () => bringUp(instance, options));
  return instance.kubeconfig;
}

async function bringUp(instance: Instance, { systems, log }: ClusterUpOptions): Promise<void> {
  await finishTeardown(instance, log);
  const start = Date.now();
  const step = (text: string): void => log(`${((Date.now() - start) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  step(`cluster ${instance.name}: network, certificates`);
  await prepare(instance);
  step("starting the control plane and the registry");
  for (const daemon of [...apiDaemons(instance), registry(instance)]) await ensureDaemon(instance, daemon);
  step("starting the nodes, publishing images");
  const images = pushSystemImagesWhenUp(instance, step);
  // Handled at once: otherwise a rejection is unhandled while something else is awaited first.
  images.catch(() => {});
  await startNodes(instance);
  await waitFor(instance, "API server", ["etcd", "kube-apiserver", "forwarder"], () => apiReady(instance));
  for (const daemon of controllers(instance)) await ensureDaemon(instance, daemon);
  step("API server is ready; installing cluster DNS, metrics and storage");
  await retryAddons(instance, await images);
  const kubelets = nodes.flatMap((node) => [`containerd-${node.name}`, `kubelet-${node.name}`]);
  await waitFor(instance, "nodes", ["kube-apiserver", ...kubelets], () => nodesReady(instance), 180);
  step(`${nodes.map((node) => node.name).join(" and ")} are Ready`);
  for (const { name } of nodes)
    await waitFor(instance, `NetworkPolicies on ${name}`, [`kube-router-${name}`], () =>
      policiesEnforced(instance, name),
    );
  step("NetworkPolicies are enforced on every node");
  const all = ["kube-controller-manager", "kube-scheduler", ...nodes.map((node) => `kube-proxy-${node.name}`)];
  for (const node of nodes) {
    await waitFor(instance, `cluster DNS on ${node.name}`, all, () => dnsAnswers(instance, node.name), 180);
  }
  step("cluster DNS answers on every node");
  await waitFor(instance, "metrics API", all, () => metricsServed(instance), 180);
  step("metrics are served; publishing the project's images");
  await publishImages({ name: instance.name, systems, log: step });
  step("done");
}

async function pushSystemImagesWhenUp(instance: Instance, log: (line: string) => void) {
  await waitFor(instance, "registry", ["registry", "forwarder"], () => registryReady(instance), 30);
  return pushSystemImages(instance, log);
}

async function prepare(instance: Instance): Promise<void> {
  claimRunFolder(instance);
  mkdirSync(instance.state, { recursive: true });
  chmodSync(instance.state, 0o711);
  rememberKernelSettings();
  for (const cgroup of [daemonCgroup(instance), ...nodes.map((node) => nodeCgroup(instance, node))])
    ensureCgroup(cgroup);
  ensureNetwork(instance);
  await ensureCertificates(instance);
  await ensureForwards(instance);
  writeKubeconfigs(instance, hostPorts(instance)[apiTarget] as number);
}

async function startNodes(instance: Instance): Promise<void> {
  const daemons = nodes.map((node) => nodeDaemons(instance, node));
  const start = async (node: ClusterNode, { containerd, others }: NodeDaemons): Promise<void> => {
    await ensureDaemon(instance, containerd);
    // A kubelet exits at once when it cannot reach its runtime.
    await waitFor(instance, "containerd", [containerd.name], () => listening(containerdSocket(instance, node)), 60);
    for (const daemon of others) await ensureDaemon(instance, daemon);
  };
  await Promise.all(nodes.map((node, index) => start(node, daemons[index] as NodeDaemons)));
}

/** The API server answers before its own controllers have made the first namespaces and roles. */
async function retryAddons(instance: Instance, images: Awaited<ReturnType<typeof pushSystemImages>>): Promise<void> {
  const apply = async (): Promise<boolean> => {
    await applyAddons(instance, images);
    await ensureStorage(instance);
    return true;
  };
  await waitFor(instance, "cluster DNS and metrics", ["kube-apiserver"], apply, 60);
}
