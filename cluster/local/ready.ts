import { connect } from "node:net";
import { clusterDomain, dnsServiceAddress, networkNamespace, nodes } from "./addresses";
import { apiGet, nodeStatuses } from "./api";
import { runAsync } from "./commands";
import { firewallTool } from "./firewall-tools";
import { registryUrl } from "./host-ports";
import type { Instance } from "./names";
import { runningPid } from "./processes";

const question = `
const resolver = new (require("node:dns").promises.Resolver)({ timeout: 1000, tries: 1 });
resolver.setServers(["${dnsServiceAddress}"]);
resolver.resolve4("kubernetes.default.svc.${clusterDomain}").then(console.log, (error) => { console.error(error.message); process.exit(1); });`;

/** Whether cluster DNS answers a query sent from the given node, through the Service's address. */
export async function dnsAnswers(instance: Instance, node: string): Promise<boolean> {
  await runAsync("nsenter", [`--net=${networkNamespace(instance, node)}`, process.execPath, "-e", question]);
  return true;
}

/** Whether every node has registered and reports Ready. */
export async function nodesReady(instance: Instance): Promise<boolean> {
  const statuses = await nodeStatuses(instance);
  return nodes.every((node) => statuses.some((one) => one.name === node.name && one.ready));
}

/** Whether the API server reports ready. */
export const apiReady = async (instance: Instance): Promise<boolean> => (await apiGet(instance, "/readyz")) === "ok";

/** Whether resource metrics are served: an aggregated API that does not answer blocks deletions of namespaces. */
export async function metricsServed(instance: Instance): Promise<boolean> {
  const { items } = JSON.parse(await apiGet(instance, "/apis/metrics.k8s.io/v1beta1/nodes")) as { items: unknown[] };
  return items.length === nodes.length;
}

/**
 * Whether a node enforces NetworkPolicies: its kube-router runs, and has written rules that every packet from one pod to another passes.
 * Without the program the rules stay, and new pods and changed policies are not in them.
 */
export async function policiesEnforced(instance: Instance, node: string): Promise<boolean> {
  if (runningPid(instance, `kube-router-${node}`) === undefined) return false;
  const rules = (chain: string): Promise<string> =>
    runAsync("nsenter", [`--net=${networkNamespace(instance, node)}`, firewallTool("iptables"), "-S", chain]);
  const [every, own] = await Promise.all([rules("FORWARD"), rules("KUBE-ROUTER-FORWARD")]);
  return every.includes("-j KUBE-ROUTER-FORWARD") && own.includes("-j ACCEPT");
}

/** Whether the registry answers. */
export const registryReady = async (instance: Instance): Promise<boolean> =>
  (await fetch(`${registryUrl(instance)}/v2/`)).ok;

/** Whether a program accepts connections on a unix socket: after a kill the file exists without one. */
export const listening = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
