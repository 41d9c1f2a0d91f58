import { hostname } from "node:os";
import type { Cluster } from "../../cluster/cluster";
import { UserError } from "../../process/user-error";

/** Annotation on a node that a drill cordoned: who, on which host, since when. */
const cordonedBy = "hardened.pulumi/cordoned-by";

/** The fields of a node that a drain reads. */
export interface Node {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean };
}

interface Mark {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

const patch = (cluster: Cluster, node: string, change: object): Promise<string> =>
  cluster.kubectl(["patch", "node", node, "--type=merge", "-p", JSON.stringify(change)]);

export const nodesOf = async (cluster: Cluster): Promise<readonly Node[]> => cluster.list<Node>("nodes");

/** Cordons a node, and annotates it with who did it. */
export async function cordon(cluster: Cluster, node: string): Promise<void> {
  const mark: Mark = { host: hostname(), pid: process.pid, since: new Date().toISOString() };
  const annotations = { [cordonedBy]: JSON.stringify(mark) };
  await patch(cluster, node, { metadata: { annotations }, spec: { unschedulable: true } });
}

/** Uncordons a node and removes the annotation. */
export async function uncordon(cluster: Cluster, node: string): Promise<void> {
  await patch(cluster, node, { metadata: { annotations: { [cordonedBy]: null } }, spec: { unschedulable: null } });
}

/**
 * Uncordons nodes that a killed drill of this host left cordoned. The caller holds the lock of this host's drills, so the process
 * that wrote the annotation is dead. A node of another host's drill is not touched: the UserError names it.
 */
export async function healCordons(cluster: Cluster, log: (line: string) => void): Promise<void> {
  for (const { metadata } of await nodesOf(cluster)) {
    const note = metadata.annotations?.[cordonedBy];
    if (note === undefined) continue;
    const { host, pid, since } = JSON.parse(note) as Mark;
    if (host !== hostname()) {
      throw new UserError(
        `node ${metadata.name} is cordoned by a drill of host ${host} (process ${pid}, since ${since}); wait until it has ended, or if you are sure that it is dead: kubectl uncordon ${metadata.name} && kubectl annotate node ${metadata.name} ${cordonedBy}-`,
        2,
      );
    }
    await uncordon(cluster, metadata.name);
    log(`node ${metadata.name} was left cordoned by a drill that was killed (process ${pid}): uncordoned`);
  }
}
