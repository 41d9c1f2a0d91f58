import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hierarchies, processesIn } from "../../../cluster/local/cgroups";
import type { Instance } from "../../../cluster/local/names";
import { kubectl } from "../e2e-cluster";

/** MiB that all pods of a namespace take, by the kubelets' figures: their working sets. */
export async function podMemory(namespace: string): Promise<number> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const { items } = JSON.parse(await kubectl(["get", "--raw", path])) as {
    items: { containers: { usage: { memory: string } }[] }[];
  };
  const amounts = items.flatMap(({ containers }) => containers.map(({ usage }) => usage.memory));
  assert.ok(
    amounts.every((one) => /^\d+Ki$|^0$/.test(one)),
    amounts.join(),
  );
  return amounts.reduce((sum, one) => sum + Number.parseInt(one, 10), 0) / 1024;
}

/** Memory of a local cluster in MiB: its pods and its own programs, with what the kernel holds for them. */
export interface ClusterMemory {
  /** As the kubelet defines it: all that is charged to the cgroup, but files that were not read lately. */
  readonly workingSet: number;
  /** What its processes hold: their own memory, the kernel's for them, and the files they map, each counted once, also when processes outside of the cluster map it. */
  readonly held: number;
  /** Working sets of the parts of the cgroup: the cluster's own programs, and each node's pods. */
  readonly parts: Readonly<Record<"daemons" | "node-1" | "node-2", number>>;
}

/** What is read of a memory cgroup, in bytes. */
interface Charged {
  readonly usage: number;
  readonly file: number;
  readonly shared: number;
  readonly inactiveFile: number;
}

/** A cgroup and all below it. v1 and v2 name the same figures differently. */
function charged(cgroup: string): Charged {
  const folder = hierarchies()
    .map((root) => join(root, cgroup))
    .find((one) => existsSync(join(one, "memory.stat")));
  assert.ok(folder, `no memory cgroup ${cgroup}`);
  const isFirst = existsSync(join(folder, "memory.usage_in_bytes"));
  const lines = readFileSync(join(folder, "memory.stat"), "utf8").trim().split("\n");
  const stat = new Map(lines.map((line) => line.split(" ") as [string, string]));
  const figure = (name: string): number => {
    const text = stat.get(name);
    assert.ok(text, `${folder}/memory.stat has no ${name}`);
    return Number(text);
  };
  return {
    usage: Number(readFileSync(join(folder, isFirst ? "memory.usage_in_bytes" : "memory.current"), "utf8")),
    file: figure(isFirst ? "total_cache" : "file"),
    shared: figure(isFirst ? "total_shmem" : "shmem"),
    inactiveFile: figure(isFirst ? "total_inactive_file" : "inactive_file"),
  };
}

/** Bytes of each file that a process has mapped and in memory, by device and inode. */
function mappedFiles(pid: number): Map<string, number> {
  const files = new Map<string, number>();
  let file: string | undefined;
  let text = "";
  try {
    text = readFileSync(`/proc/${pid}/smaps`, "utf8");
  } catch {
    // it has ended
  }
  for (const line of text.split("\n")) {
    const [, device, inode] = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ (\S+) (\d+)/.exec(line) ?? [];
    if (inode !== undefined) file = inode === "0" ? undefined : `${device} ${inode}`;
    const [, kibibytes] = /^Rss: +(\d+) kB$/.exec(line) ?? [];
    if (file !== undefined && kibibytes !== undefined)
      files.set(file, (files.get(file) ?? 0) + Number(kibibytes) * 1024);
  }
  return files;
}

/** Measures a running cluster by its cgroup, which all its processes are in. */
export function clusterMemory({ cgroup }: Instance): ClusterMemory {
  const workingSet = (of: Charged): number => (of.usage - of.inactiveFile) / 2 ** 20;
  const all = charged(cgroup);
  const files = new Map<string, number>();
  for (const pid of processesIn(cgroup))
    for (const [file, size] of mappedFiles(pid)) files.set(file, Math.max(size, files.get(file) ?? 0));
  const mapped = [...files.values()].reduce((sum, one) => sum + one, 0);
  const part = (name: string): number => workingSet(charged(join(cgroup, name)));
  return {
    workingSet: workingSet(all),
    held: (all.usage - all.file + all.shared + mapped) / 2 ** 20,
    parts: { daemons: part("daemons"), "node-1": part("node-1"), "node-2": part("node-2") },
  };
}
