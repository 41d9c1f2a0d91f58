/** Ends of connections as they run: a pod for each on the cluster of the end-to-end tests, and addresses outside of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkNamespace, nodes } from "../../cluster/local/addresses";
import { runAsync } from "../../cluster/local/commands";
import { instance, type KubeObject, kubectl, livePods } from "../support/e2e-cluster";
import { buildVisitor, pushVisitor } from "../support/network/visitor";
import { eventually } from "../support/run";
import type { End, KubernetesObject } from "./cluster";
import type { Connection, Labels } from "./judge";

/** Namespaces every cluster has; others get a prefix, so that a stack of the same cluster keeps its own. */
const kept = new Set(["kube-system", "default", ""]);
const namespaceLabel = "kubernetes.io/metadata.name";
/** Name of the namespace that stands for a stack's. */
export const renamed = (namespace: string): string => (kept.has(namespace) ? namespace : `np-${namespace}`);

/** Labels or a selector of a namespace, for the namespace that stands for it. */
const relabelled = (labels: Labels): Labels => ({
  ...labels,
  ...(labels[namespaceLabel] && { [namespaceLabel]: renamed(labels[namespaceLabel]) }),
});

/** A policy of a stack for the namespaces that stand for the stack's, in nothing else different. */
export function standingIn({ metadata, spec, ...others }: KubernetesObject): KubernetesObject {
  const { name, namespace = "" } = metadata;
  const text = JSON.stringify(spec, (key, value) => (key === namespaceLabel ? renamed(value as string) : value));
  return { ...others, metadata: { name, namespace: renamed(namespace) }, spec: JSON.parse(text) };
}

/** Marks the pods of these tests. */
const mark = "network-end.test";
const slug = (name: string): string => name.replaceAll("/", "-");
const isAddress = ({ namespace }: End): boolean => namespace === "";

/** A pod that answers on every port with the end's name. Where pods of others are, it never is ready: no Service takes it in. */
export function endPod(end: End, image: string, node: string, args: readonly string[]): object {
  const named = [...end.portNames].map(([containerPort, name]) => ({ containerPort, ...(name !== "" && { name }) }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: slug(end.name), namespace: renamed(end.namespace), labels: { ...end.labels, [mark]: "yes" } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(kept.has(end.namespace) && { readinessGates: [{ conditionType: `${mark}/never` }] }),
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
      },
      containers: [
        {
          name: "end",
          image,
          args,
          ...(named.length > 0 && { ports: named }),
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}

/** A connection between two ends that run. */
export type Trial = Connection & { readonly from: End; readonly to: End; readonly title: string };

export interface RunningEnds {
  /** The ends, with the addresses they have. */
  readonly ends: readonly End[];
  readonly image: string;
  /** Node of an end's pod. */
  nodeOf(end: End): string;
  /** Who answered each connection, or why nobody did after a "!". */
  reach(trials: readonly Trial[]): Promise<string[]>;
  stop(): Promise<void>;
}

type RunningPod = KubeObject & {
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly podIP?: string; readonly phase: string };
};

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: "v1", kind: "List", items });

/** Makes a namespace for each end's, and a pod for each end, on the nodes in turn. Addresses are put beside the control plane, where the nodes' default route leads. */
export async function startEnds(
  ends: readonly End[],
  ports: readonly number[],
  labels: ReadonlyMap<string, Labels>,
): Promise<RunningEnds> {
  const folder = mkdtempSync(join(tmpdir(), "ends-"));
  const program = join(folder, "visitor");
  await buildVisitor(program);
  const image = await pushVisitor(instance);
  const made = [...new Set(ends.map(({ namespace }) => namespace))].filter((one) => !kept.has(one));
  const outside = ends.filter(isAddress);
  const control = `--net=${networkNamespace(instance, "control")}`;
  const listeners: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of listeners) child.kill();
    for (const { ip } of outside)
      await runAsync("nsenter", [control, "ip", "address", "del", `${ip}/32`, "dev", "lo"]).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
    for (const namespace of ["default", "kube-system"])
      await kubectl(["delete", "pods", "-n", namespace, "-l", mark, "--wait=false"]);
    await kubectl(["delete", "namespaces", "-l", mark, "--wait=false"]);
  };
  await stop().catch(() => {}); // what a killed run left
  await eventually(
    "namespaces of earlier runs are gone",
    async () => (await kubectl(["get", "namespaces", "-l", mark, "-o", "name"])) === "",
  );
  // Its folder went with the rest.
  await buildVisitor(program);
  await kubectl(
    ["apply", "-f", "-"],
    list(
      made.map((namespace) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: renamed(namespace), labels: { ...relabelled(labels.get(namespace) ?? {}), [mark]: "yes" } },
      })),
    ),
  );
  const answering = (end: End): string[] => ["answer", end.name, "", ports.join(",")];
  const pods = ends.filter((end) => !isAddress(end));
  const objects = pods.map((end, index) => endPod(end, image, nodes[index % nodes.length]?.name ?? "", answering(end)));
  // A namespace gets its service account a moment later.
  await eventually("pods are made", () => kubectl(["apply", "-f", "-"], list(objects)).catch(() => false as const));
  for (const { name, ip } of outside) {
    await runAsync("nsenter", [control, "ip", "address", "replace", `${ip}/32`, "dev", "lo"]);
    listeners.push(spawn("nsenter", [control, program, "answer", name, ip, ports.join(",")], { stdio: "ignore" }));
  }
  const running = await eventually(
    "all pods run",
    async () => {
      const seen = await livePods<RunningPod>("-A", "-l", mark);
      return (
        seen.length === pods.length && seen.every(({ status }) => status.phase === "Running" && status.podIP) && seen
      );
    },
    120_000,
  );
  const podOf = (end: End): RunningPod | undefined =>
    running.find(({ metadata }) => metadata.name === slug(end.name) && metadata.namespace === renamed(end.namespace));
  const live = ends.map(
    (end): End => ({
      ...end,
      namespace: renamed(end.namespace),
      namespaceLabels: isAddress(end) ? {} : relabelled(end.namespaceLabels),
      ip: podOf(end)?.status.podIP ?? end.ip,
    }),
  );
  const ask = (from: End, lines: string): Promise<string> =>
    from.namespace === ""
      ? runAsync("nsenter", [control, program, "reach", from.ip], lines)
      : kubectl(["exec", "-i", "-n", from.namespace, slug(from.name), "--", "visitor", "reach"], lines);
  return {
    ends: live,
    image,
    nodeOf: (end) => running.find(({ status }) => status.podIP === end.ip)?.spec.nodeName ?? "",
    async reach(trials) {
      const answers = new Map<Trial, string>();
      const askFrom = async (from: End): Promise<void> => {
        const own = trials.filter((trial) => trial.from === from);
        const lines = own.map(({ to, port, protocol }) => JSON.stringify({ ip: to.ip, port, protocol })).join("\n");
        const given = JSON.parse(await ask(from, lines)) as string[];
        own.forEach((trial, at) => {
          answers.set(trial, given[at] ?? "!no answer");
        });
      };
      const starts = [...new Set(trials.map(({ from }) => from))];
      const work = async (): Promise<void> => {
        for (let next = starts.shift(); next !== undefined; next = starts.shift()) await askFrom(next);
      };
      await Promise.all(Array.from({ length: 4 }, work));
      return trials.map((trial) => answers.get(trial) ?? "!not asked");
    },
    stop,
  };
}
