import { nodes } from "./addresses";
import { type NodeStatus, nodeStatuses } from "./api";
import { hostPorts } from "./host-ports";
import { instanceOf } from "./names";
import { daemonNames, runningPid } from "./processes";
import { apiReady, dnsAnswers, policiesEnforced } from "./ready";

/** Status of an instance. */
export interface ClusterStatus {
  readonly name: string;
  /** running: all of it works; degraded: some of it does; stopped: none of its programs run. */
  readonly state: "running" | "degraded" | "stopped";
  readonly context: string;
  readonly kubeconfig: string;
  /** Program → pid; null when it is dead. */
  readonly programs: Readonly<Record<string, number | null>>;
  readonly nodes: readonly NodeStatus[];
  readonly api: boolean;
  readonly dns: boolean;
  /** Whether every node enforces NetworkPolicies. */
  readonly policies: boolean;
  /** Ports on 127.0.0.1, by the address inside the cluster that each leads to. */
  readonly ports: Readonly<Record<string, number>>;
}

const holds = async (check: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await check();
  } catch {
    return false;
  }
};

/** Determines the status without changing anything. Works without root, as far as its files can be read. */
export async function clusterStatus(options: { readonly name?: string } = {}): Promise<ClusterStatus> {
  const instance = instanceOf(options.name);
  const programs = Object.fromEntries(daemonNames(instance).map((name) => [name, runningPid(instance, name) ?? null]));
  const pids = Object.values(programs);
  const api = await holds(() => apiReady(instance));
  const seen = api ? await nodeStatuses(instance) : [];
  const dns =
    api && (await Promise.all(nodes.map((node) => holds(() => dnsAnswers(instance, node.name))))).every(Boolean);
  const enforced = await Promise.all(nodes.map((node) => holds(() => policiesEnforced(instance, node.name))));
  const policies = enforced.every(Boolean);
  const works =
    api &&
    dns &&
    policies &&
    !pids.includes(null) &&
    nodes.every(({ name }) => seen.some((one) => one.name === name && one.ready));
  return {
    name: instance.name,
    state: works ? "running" : pids.some((pid) => pid !== null) ? "degraded" : "stopped",
    context: instance.context,
    kubeconfig: instance.kubeconfig,
    programs,
    nodes: seen,
    api,
    dns,
    policies,
    ports: hostPorts(instance),
  };
}

const pidsOf = ({ programs }: ClusterStatus): (number | null)[] => Object.values(programs);

/** The status as text; the last line says what to do next. */
export function describeStatus(status: ClusterStatus): string {
  const lines = [`cluster ${status.name}: ${status.state}`];
  for (const node of status.nodes)
    lines.push(`  ${node.name}  ${node.ready ? "Ready" : "NotReady"}  zone ${node.zone}  ${node.version}`);
  if (status.api) lines.push(`  DNS  ${status.dns ? "answers" : "does not answer"}`);
  if (pidsOf(status).some((pid) => pid !== null))
    lines.push(`  NetworkPolicies  ${status.policies ? "enforced" : "not enforced on every node"}`);
  const dead = Object.entries(status.programs)
    .filter(([, pid]) => pid === null)
    .map(([name]) => name);
  if (dead.length > 0) lines.push(`  dead: ${dead.join(", ")}`);
  for (const [target, port] of Object.entries(status.ports)) lines.push(`  127.0.0.1:${port} → ${target}`);
  lines.push(
    status.state === "running"
      ? `export KUBECONFIG=${status.kubeconfig}`
      : "npm run cluster:up brings it up or heals it",
  );
  return lines.join("\n");
}
