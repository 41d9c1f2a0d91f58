import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type ClusterNode, controlAddress, networkNamespace, nodePrefix, nodes } from "./addresses";
import { run } from "./commands";
import { mounts } from "./mounts";
import type { Instance } from "./names";

/** Name, inside the control namespace, of the bridge the nodes are joined to. */
const bridge = "nodes";

/**
 * Creates a named network namespace unless it exists. Not by `ip netns add`: that leaves a mount on /run/netns behind for
 * ever, and its namespaces are outside of the instance's folder.
 */
function ensureNamespace(file: string): void {
  if (mounts().some((mount) => mount.point === file && mount.type === "nsfs")) return;
  mkdirSync(dirname(file), { recursive: true });
  // After a reboot on a host whose /run is on disk, the file is there without its mount.
  if (!existsSync(file)) closeSync(openSync(file, "w", 0o600));
  run("unshare", `--net=${file}`, "true");
}

/** Runs shell lines inside a network namespace; mounts and processes stay the host's. */
const inside = (file: string, lines: readonly string[]): string =>
  run("nsenter", `--net=${file}`, "sh", "-euc", lines.join("\n"));

const unless = (test: string, action: string): string => `${test} >/dev/null 2>&1 || ${action}`;

function joinNode(instance: Instance, node: ClusterNode): void {
  const network = networkNamespace(instance, node.name);
  const link = node.name;
  inside(networkNamespace(instance, "control"), [
    unless(`ip link show ${link}`, `ip link add ${link} type veth peer name eth0 netns ${network}`),
    `ip link set ${link} master ${bridge} up`,
  ]);
  const others = nodes.filter((other) => other !== node);
  inside(network, [
    "ip link set lo up",
    `ip address replace ${node.address}/${nodePrefix} dev eth0`,
    "ip link set eth0 up",
    // kube-proxy refuses to work without a default route; nothing answers there, so pods reach only the cluster.
    `ip route replace default via ${controlAddress}`,
    ...others.map((other) => `ip route replace ${other.podRange} via ${other.address}`),
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    // Without it a reply between two pods of one node passes the bridge without its Service's address put back.
    unless("test -e /proc/sys/net/bridge/bridge-nf-call-iptables", "modprobe br_netfilter"),
    "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables",
  ]);
}

/**
 * Brings up the instance's network: a namespace for the control plane with a bridge, one per node joined to it. No link,
 * route or table is made in the host's own namespace. Does only what is missing.
 */
export function ensureNetwork(instance: Instance): void {
  const control = networkNamespace(instance, "control");
  for (const member of ["control", ...nodes.map((node) => node.name)])
    ensureNamespace(networkNamespace(instance, member));
  inside(control, [
    "ip link set lo up",
    unless(`ip link show ${bridge}`, `ip link add ${bridge} type bridge`),
    `ip address replace ${controlAddress}/${nodePrefix} dev ${bridge}`,
    `ip link set ${bridge} up`,
    // The bridge only joins the nodes: the control plane does not forward their packets.
    unless(
      "! test -e /proc/sys/net/bridge/bridge-nf-call-iptables",
      "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables",
    ),
  ]);
  for (const node of nodes) joinNode(instance, node);
  // Only now: a route needs its bridge up. The API server calls webhooks and aggregated APIs at their pods' addresses.
  inside(
    control,
    nodes.map((node) => `ip route replace ${node.podRange} via ${node.address}`),
  );
}
