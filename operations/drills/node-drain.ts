import type { Cluster } from "../../cluster/cluster";
import { UserError } from "../../process/user-error";
import { cordon, nodesOf, uncordon } from "./cordon";
import { evict, until } from "./evict";
import { type ExperimentContext, evictOne, recovered } from "./experiment";
import { budgetsIn, isOf, type Pod, requireDisruptionAllowed } from "./target";

/** Pods a drain moves: not those of a DaemonSet, of the node itself (mirror pods), or finished ones, as `kubectl drain` does. */
export const isEvictable = ({ metadata, status }: Pod): boolean =>
  metadata.annotations?.["kubernetes.io/config.mirror"] === undefined &&
  !(metadata.ownerReferences ?? []).some(({ kind }) => kind === "DaemonSet") &&
  status.phase !== "Succeeded" &&
  status.phase !== "Failed";

async function podsOn(cluster: Cluster, namespace: string, node: string): Promise<readonly Pod[]> {
  const pods = await cluster.list<Pod>("pods", { namespace, fields: `spec.nodeName=${node}` });
  return pods.filter(isEvictable);
}

/** The node to drain: the one asked for, else the one with the service's first pod. Refuses what would show nothing or never end. */
export async function chooseNode(
  { target, pods, namespaces }: ExperimentContext,
  wanted: string | undefined,
): Promise<string> {
  const nodes = await nodesOf(target.cluster);
  const node = wanted ?? pods[0]?.spec.nodeName;
  const names = nodes.map(({ metadata }) => metadata.name);
  const found = nodes.find(({ metadata }) => metadata.name === node);
  if (found === undefined) throw new UserError(`no node "${node}"; there are: ${names.join(", ")}`, 2);
  if (found.spec.unschedulable) throw new UserError(`node ${node} is cordoned by someone else already`, 2);
  if (!pods.some(({ spec }) => spec.nodeName === node)) {
    const others = [...new Set(pods.map(({ spec }) => spec.nodeName))].join(", ");
    throw new UserError(`node ${node} runs no pod of ${target.service}; its pods are on: ${others}`, 2);
  }
  if (!nodes.some(({ metadata, spec }) => metadata.name !== node && !spec.unschedulable))
    throw new UserError(`node ${node} is the only one that takes pods: a drain needs a second one`, 2);
  await requireRoomOn(found.metadata.name, target.cluster, namespaces);
  return found.metadata.name;
}

/** Refuses a node with a pod whose budget allows nothing now: the drain would stop at it. */
async function requireRoomOn(node: string, cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  for (const namespace of namespaces) {
    const [pods, budgets] = await Promise.all([podsOn(cluster, namespace, node), budgetsIn(cluster, namespace)]);
    for (const budget of budgets) if (pods.some((pod) => isOf(budget, pod))) requireDisruptionAllowed(budget);
  }
}

/**
 * Cordons a node, evicts what a drain would of the system's namespaces, the service's own pods by their budget one at a time, and always
 * uncordons. Pods that may not share a node with another of their kind wait for that.
 */
export async function nodeDrain(context: ExperimentContext, node: string): Promise<void> {
  const { target, namespaces, signal, patience, note } = context;
  const own = new Set(context.pods.map(({ metadata }) => metadata.name));
  const left = async (): Promise<(readonly [namespace: string, pod: Pod])[]> => {
    const lists = await Promise.all(
      namespaces.map(async (namespace) => ({ namespace, pods: await podsOn(target.cluster, namespace, node) })),
    );
    return lists.flatMap(({ namespace, pods }) => pods.map((pod) => [namespace, pod] as const));
  };
  await cordon(target.cluster, node);
  try {
    note(`cordoned node ${node}`);
    for (const [namespace, { metadata }] of await left()) {
      signal.throwIfAborted();
      if (metadata.deletionTimestamp !== undefined) continue; // leaving already
      if (namespace === target.namespace && own.has(metadata.name)) await evictOne(context, metadata.name);
      else {
        await evict(target.cluster, namespace, metadata.name);
        note(`evicted pod ${namespace}/${metadata.name}`);
      }
    }
    await until(`node ${node} is empty`, async () => (await left()).length === 0, patience, signal);
    note(`node ${node} is drained`);
  } finally {
    await uncordon(target.cluster, node);
    note(`uncordoned node ${node}`);
  }
  await recovered(context);
  note(`${context.pods.length} pods ready again`);
}
