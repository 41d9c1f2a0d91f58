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

/** The node to drain: the given one, else that of the service's first pod. Throws a UserError for a node whose drain would show nothing or never end. */
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

/** Throws a UserError for a node with a pod whose budget allows no disruption now: the drain would stop at it. */
async function requireRoomOn(node: string, cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  for (const namespace of namespaces) {
    const [pods, budgets] = await Promise.all([podsOn(cluster, namespace, node), budgetsIn(cluster, namespace)]);
    for (const budget of budgets) if (pods.some((pod) => isOf(budget, pod))) requireDisruptionAllowed(budget);
  }
}

/**
 * Cordons a node, evicts the pods of the system's namespaces as a drain would, the service's own pods one at a time within their budget,
 * and always uncordons. Pods with a hard anti-affinity stay Pending until then.
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
