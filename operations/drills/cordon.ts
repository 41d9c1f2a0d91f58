import type { Cluster } from "../../cluster/cluster";
import { deadOwner, drillMark } from "./drill-mark";

/** Annotation on a node that a drill cordoned: the drill's process. */
const cordonedBy = "hardened.pulumi/cordoned-by";

/** The fields of a node that a drain reads. */
export interface Node {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean };
}

const patch = (cluster: Cluster, node: string, change: object): Promise<string> =>
  cluster.kubectl(["patch", "node", node, "--type=merge", "-p", JSON.stringify(change)]);

export const nodesOf = async (cluster: Cluster): Promise<readonly Node[]> => cluster.list<Node>("nodes");

/** Cordons a node, and annotates it with who did it. */
export async function cordon(cluster: Cluster, node: string): Promise<void> {
  const annotations = { [cordonedBy]: drillMark() };
  await patch(cluster, node, { metadata: { annotations }, spec: { unschedulable: true } });
}

/** Uncordons a node and removes the annotation. */
export async function uncordon(cluster: Cluster, node: string): Promise<void> {
  await patch(cluster, node, { metadata: { annotations: { [cordonedBy]: null } }, spec: { unschedulable: null } });
}

/** Uncordons nodes that a killed drill left cordoned. Throws a UserError for a node of a drill that runs, or may run elsewhere. */
export async function healCordons(cluster: Cluster, log: (line: string) => void): Promise<void> {
  for (const { metadata } of await nodesOf(cluster)) {
    const { name, annotations } = metadata;
    const mark = annotations?.[cordonedBy];
    if (mark === undefined) continue;
    const command = `kubectl uncordon ${name} && kubectl annotate node ${name} ${cordonedBy}-`;
    const pid = deadOwner(mark, `node ${name} is cordoned`, command);
    await uncordon(cluster, name);
    log(`node ${name} was left cordoned by a drill that was killed (process ${pid}): uncordoned`);
  }
}
