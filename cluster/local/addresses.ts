import { join } from "node:path";
import type { Instance } from "./names";

/*
 * Every instance uses the same addresses: each has network namespaces of its own that no link or route joins to the
 * host's or to another instance's, so they cannot meet. What the host sees are loopback ports, and those are chosen.
 */

/** Prefix length of the network that joins the control plane and the nodes. */
export const nodePrefix = 24;
/** That network. */
export const nodeRange = `10.200.0.0/${nodePrefix}`;
/** The control plane's address: API server, registry, and the nodes' bridge. */
export const controlAddress = "10.200.0.1";
/** All pods; each node has a /24 of it. */
export const podRange = "10.201.0.0/16";
export const serviceRange = "10.202.0.0/16";
/** Service `default/kubernetes`: the first address of the range. */
export const apiServiceAddress = "10.202.0.1";
export const dnsServiceAddress = "10.202.0.10";
export const clusterDomain = "cluster.local";
export const apiPort = 6443;
export const registryPort = 5000;
/** Host name of the registry in image references; only containerd on the nodes resolves it. */
export const registryName = "registry.hardened.test";
/** Node ports the host can reach, each through a loopback port. */
export const nodePorts: readonly number[] = Array.from({ length: 10 }, (_, index) => 30080 + index);

/** One node: a network namespace with a containerd, a kubelet, a kube-proxy and a kube-router of its own. */
export interface ClusterNode {
  readonly name: string;
  /** Label topology.kubernetes.io/zone. */
  readonly zone: string;
  readonly address: string;
  readonly podRange: string;
}

export const nodes: readonly ClusterNode[] = [
  { name: "node-1", zone: "a", address: "10.200.0.11", podRange: "10.201.1.0/24" },
  { name: "node-2", zone: "b", address: "10.200.0.12", podRange: "10.201.2.0/24" },
];

/** File a network namespace of the instance is mounted on: "control" or a node's name. */
export const networkNamespace = (instance: Instance, member: string): string => join(instance.run, `net-${member}`);
