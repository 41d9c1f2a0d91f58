import type { Cluster } from "../../cluster/cluster";
import { type AttemptPod, lastAttempts } from "./attempts";

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: Waiting; readonly terminated?: Terminated };
  readonly lastState?: { readonly terminated?: Terminated };
}
interface Waiting {
  readonly reason?: string;
  readonly message?: string;
}
interface Terminated extends Waiting {
  readonly exitCode: number;
}
interface Pod extends AttemptPod {
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** Last lines of a text, so that a report stays readable. */
const tail = (text: string, lines: number): string => text.trim().split("\n").slice(-lines).join("\n");

/**
 * Why pods of a namespace are not healthy: pod, container, reason and the container's last log lines. Plain Pulumi reports only
 * "context deadline exceeded" for a release that did not roll out.
 */
export async function explainPods(cluster: Cluster, namespace: string): Promise<string[]> {
  const pods = await cluster.list<Pod>("pods", { namespace });
  const lines: string[] = [];
  for (const { pod, called } of await lastAttempts(cluster, namespace, pods)) {
    if (pod.status.phase === "Succeeded") continue;
    const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
    const unwell = statuses.filter((one) => !one.ready && !(one.state?.terminated?.exitCode === 0));
    for (const one of unwell)
      lines.push(...(await explainContainer(cluster, namespace, { pod: pod.metadata.name, called }, one)));
    const unscheduled = pod.status.conditions?.find((one) => one.type === "PodScheduled" && one.status === "False");
    if (unscheduled) lines.push(`${called}: not scheduled: ${unscheduled.message ?? "no reason given"}`);
  }
  return [...lines, ...(await refusedPods(cluster, namespace))];
}

async function explainContainer(
  cluster: Cluster,
  namespace: string,
  { pod, called }: { readonly pod: string; readonly called: string },
  status: ContainerStatus,
): Promise<string[]> {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  const reason = status.state?.waiting?.reason ?? ended?.reason ?? "not ready";
  const exit = ended ? `, exit code ${ended.exitCode}` : "";
  const said =
    ended?.message ?? (await lastLog(cluster, namespace, pod, status.name)) ?? status.state?.waiting?.message;
  return [
    `${called}, container "${status.name}": ${reason}${exit}${said ? `; its last words:\n${indent(tail(said, 5))}` : ""}`,
  ];
}

const indent = (text: string): string => text.replaceAll(/^/gm, "    ");

async function lastLog(
  cluster: Cluster,
  namespace: string,
  pod: string,
  container: string,
): Promise<string | undefined> {
  try {
    return (await cluster.kubectl(["logs", pod, "-c", container, "-n", namespace, "--tail=5"])).trim() || undefined;
  } catch {
    return undefined;
  }
}

interface Event {
  readonly message: string;
  readonly lastTimestamp?: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
}
interface Owner {
  readonly kind: string;
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly replicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
  };
}

/** Whether an owner still lacks pods: its events may be outdated. */
function lacksPods({ kind, spec, status }: Owner): boolean {
  if (kind === "Job") return !(status.active || status.succeeded || status.failed);
  if (kind === "DaemonSet") return (status.currentNumberScheduled ?? 0) < (status.desiredNumberScheduled ?? 0);
  return (status.replicas ?? 0) < (spec.replicas ?? 1);
}

/** Pods that were never created because the API server or a quota denied them, which only events of the owner report. The latest event of each owner. */
async function refusedPods(cluster: Cluster, namespace: string): Promise<string[]> {
  const owners = await cluster.list<Owner>("replicasets,statefulsets,daemonsets,jobs", { namespace });
  const lacking = new Set(owners.filter(lacksPods).map(({ metadata }) => metadata.uid));
  const events = await cluster.list<Event>("events", { namespace, fields: "reason=FailedCreate" });
  const newest = events
    .filter(({ involvedObject }) => lacking.has(involvedObject.uid))
    .sort((a, b) => (a.lastTimestamp ?? "").localeCompare(b.lastTimestamp ?? ""));
  const lines = new Map(
    newest.map(({ involvedObject: { kind, name, uid }, message }) => [
      uid,
      `${kind} ${name}: ${message.replace("(combined from similar events): ", "")}`,
    ]),
  );
  return [...lines.values()];
}
